# A backup each night by Nomad: `nomad job run backup.nomad.hcl`; now: `nomad job periodic force owctl-backup`.
#
# Secrets are variables of Nomad, which this job alone may read:
#   nomad var put nomad/jobs/owctl-backup DATABASE_URL=@database-url AWS_ACCESS_KEY_ID=.. ..
# with a file behind each @, lest it be in the list of processes.
# What to change: the image, the schedule, the repository, and where the server's files are: a host volume of the name
# "open-webui" here, or none where they are in a bucket.
#
# owctl's tests read this file by the grammar of HCL and run the commands in it. No Nomad has seen it, as none could be
# had where they run (its Go module can't be fetched there), so look at it with `nomad job validate` first.
job "owctl-backup" {
  type = "batch"

  periodic {
    crons            = ["17 2 * * *"]
    time_zone        = "Etc/UTC"
    prohibit_overlap = true
  }

  group "owctl" {
    restart {
      attempts = 1
      interval = "1h"
      delay    = "5m"
      mode     = "fail"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }

    volume "data" {
      type      = "host"
      source    = "open-webui"
      read_only = true
    }

    task "backup" {
      driver = "docker"
      user   = "1000:1000"

      config {
        image           = "owctl:0.1.0"
        entrypoint      = ["owctl"]
        args            = ["backup", "create", "--quiet"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      volume_mount {
        volume      = "data"
        destination = "/app/backend/data"
        read_only   = true
      }

      env {
        DATA_DIR         = "/app/backend/data"
        OWCTL_REPOSITORY = "s3://backups/open-webui"
        OWCTL_RECIPIENTS = "age1.."
        OWCTL_AUDIT_LOG  = "/dev/stderr"
        TMPDIR           = "${NOMAD_ALLOC_DIR}/tmp"
      }

      template {
        destination = "${NOMAD_SECRETS_DIR}/owctl.env"
        env         = true
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/owctl-backup" }}
          DATABASE_URL={{ .DATABASE_URL }}
          WEBUI_SECRET_KEY={{ .WEBUI_SECRET_KEY }}
          AWS_ACCESS_KEY_ID={{ .AWS_ACCESS_KEY_ID }}
          AWS_SECRET_ACCESS_KEY={{ .AWS_SECRET_ACCESS_KEY }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 500
        memory = 1024
      }
    }
  }
}
