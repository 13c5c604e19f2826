// What others read telemetry by.
//
// Two arguments, or four: the OpenTelemetry Collector's own receiver of OTLP. They are where it listens for gRPC and
// for HTTP, and maybe a certificate and its key. What it has taken is written to standard output as the Collector's own
// marshaler has it: a line each, its kind before it.
//
// One argument: a file of Prometheus' text, which is read by the parser that node_exporter has, and written as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func told(kind string, text []byte, err error) error {
	if err == nil {
		_, err = fmt.Printf("%s %s\n", kind, text)
	}
	return err
}

func listening(at string, files []string) map[string]any {
	server := map[string]any{"endpoint": at}
	if len(files) == 2 {
		server["tls"] = map[string]any{"cert_file": files[0], "key_file": files[1]}
	}
	return server
}

func readText(files []string) {
	for _, file := range files {
		parser := expfmt.NewTextParser(model.LegacyValidation)
		text := must(json.Marshal(must(parser.TextToMetricFamilies(must(os.Open(file))))))
		fmt.Println(string(text))
	}
}

func main() {
	if len(os.Args) < 3 {
		readText(os.Args[1:])
		return
	}
	ctx, factory := context.Background(), otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	wanted := map[string]any{"protocols": map[string]any{
		"grpc": listening(os.Args[1], os.Args[3:]), "http": listening(os.Args[2], os.Args[3:])}}
	if err := confmap.NewFromStringMap(wanted).Unmarshal(config); err != nil {
		log.Fatal(err)
	}
	traces := must(consumer.NewTraces(func(_ context.Context, all ptrace.Traces) error {
		text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(all)
		return told("traces", text, err)
	}))
	metrics := must(consumer.NewMetrics(func(_ context.Context, all pmetric.Metrics) error {
		text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(all)
		return told("metrics", text, err)
	}))
	logs := must(consumer.NewLogs(func(_ context.Context, all plog.Logs) error {
		text, err := (&plog.JSONMarshaler{}).MarshalLogs(all)
		return told("logs", text, err)
	}))
	settings := receiver.Settings{
		ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	for _, part := range []component.Component{
		must(factory.CreateTraces(ctx, settings, config, traces)),
		must(factory.CreateMetrics(ctx, settings, config, metrics)),
		must(factory.CreateLogs(ctx, settings, config, logs))} {
		if err := part.Start(ctx, componenttest.NewNopHost()); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("ready")
	select {}
}
