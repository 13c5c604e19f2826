# Before an upgrade, by Nomad: a backup, then the migration, then a look at what came of it.
#
#   nomad job scale open-webui open-webui 0       and wait until nothing of it runs
#   nomad job run migrate.nomad.hcl               it is done when the job is dead; `nomad alloc logs` has what it said
#   nomad job run open-webui.nomad.hcl            with the new release
#
# The way back is the snapshot that `migrate up` makes, with the tag before-migration: run again after it was cut off it
# goes on, and makes no other. The backup before it has the files as well.
#
# What to change: the release behind --to, and what backup.nomad.hcl names; its variables are nomad/jobs/owctl-migrate.
# What would be in the way tells `owctl migrate plan --to RELEASE`, beforehand and while people work.
#
# owctl's tests read this file by the grammar of HCL and run the commands in it. No Nomad has seen it, as none could be
# had where they run (its Go module can't be fetched there), so look at it with `nomad job validate` first.
job "owctl-migrate" {
  type = "batch"

  group "owctl" {
    restart {
      attempts = 0
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

    # The migration begins only when this has ended well.
    task "backup" {
      driver = "docker"
      user   = "1000:1000"

      lifecycle {
        hook    = "prestart"
        sidecar = false
      }

      config {
        image           = "owctl:0.1.0"
        entrypoint      = ["owctl"]
        args            = ["backup", "create", "--tag", "rollout"]
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
          {{ with nomadVar "nomad/jobs/owctl-migrate" }}
          DATABASE_URL={{ .DATABASE_URL }}
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

    task "migrate" {
      driver = "docker"
      user   = "1000:1000"

      config {
        image           = "owctl:0.1.0"
        entrypoint      = ["owctl"]
        args            = ["migrate", "up", "--to", "0.12.4", "--wait", "10m"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      env {
        OWCTL_REPOSITORY = "s3://backups/open-webui"
        OWCTL_RECIPIENTS = "age1.."
        OWCTL_AUDIT_LOG  = "/dev/stderr"
        TMPDIR           = "${NOMAD_ALLOC_DIR}/tmp"
      }

      template {
        destination = "${NOMAD_SECRETS_DIR}/owctl.env"
        env         = true
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/owctl-migrate" }}
          DATABASE_URL={{ .DATABASE_URL }}
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

    task "verify" {
      driver = "docker"
      user   = "1000:1000"

      lifecycle {
        hook = "poststop"
      }

      config {
        image           = "owctl:0.1.0"
        entrypoint      = ["owctl"]
        args            = ["migrate", "verify"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      template {
        destination = "${NOMAD_SECRETS_DIR}/owctl.env"
        env         = true
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/owctl-migrate" }}
          DATABASE_URL={{ .DATABASE_URL }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 200
        memory = 512
      }
    }
  }
}
