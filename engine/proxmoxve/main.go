// The real bpg/proxmox Terraform provider as the Pulumi plugin that the npm package
// @muhlba91/pulumi-proxmoxve speaks to, for machines that cannot download the official plugin.
//
// Only the resources and data sources named in this file are mapped. Serving reads schema.json and
// bridge-metadata.json beside the executable; "gen schema --skip-docs --skip-examples --out DIR"
// writes them, once after the build.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bpg/terraform-provider-proxmox/fwprovider"
	sdkprovider "github.com/bpg/terraform-provider-proxmox/proxmoxtf/provider"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	sdkshim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	name = "proxmoxve"
	// The npm package and its plugin must have one version; the engine refuses any other.
	version = "8.6.0"
)

// token is the bridge's own way to name a member: module, file named as the member, member.
func token(module, member string) string {
	return fmt.Sprintf("%s:%s/%s%s:%s", name, module, strings.ToLower(member[:1]), member[1:], member)
}

func resource(module, member string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type(token(module, member))}
}

func dataSource(module, member string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(module, member))}
}

func providerInfo(ctx context.Context) tfbridge.ProviderInfo {
	upstream := pfbridge.MuxShimWithPF(
		ctx,
		sdkshim.NewProvider(sdkprovider.ProxmoxVirtualEnvironment()),
		fwprovider.New(version)(),
	)
	info := tfbridge.ProviderInfo{
		P:              upstream,
		Name:           name,
		Version:        version,
		ResourcePrefix: "proxmox",
		MetadataInfo:   tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"proxmox_virtual_environment_vm":        resource("index", "VmLegacy"),
			"proxmox_virtual_environment_container": resource("index", "ContainerLegacy"),
			"proxmox_virtual_environment_file":      resource("index", "FileLegacy"),
			"proxmox_virtual_environment_pool":      resource("index", "PoolLegacy"),
			"proxmox_download_file":                 resource("download", "File"),
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"proxmox_virtual_environment_vm":        dataSource("index", "getVmLegacy"),
			"proxmox_virtual_environment_container": dataSource("index", "getContainerLegacy"),
			"proxmox_virtual_environment_file":      dataSource("index", "getFileLegacy"),
			"proxmox_virtual_environment_pool":      dataSource("index", "getPoolLegacy"),
		},
	}
	info.IgnoreMappings = unmapped(info)
	// As the official plugin does: a VM without a name gets its logical one with a random suffix.
	info.SetAutonaming(255, "-")
	return info
}

// unmapped names all that upstream has and this file does not map; the bridge refuses to guess.
func unmapped(info tfbridge.ProviderInfo) []string {
	var names []string
	info.P.ResourcesMap().Range(func(key string, _ shim.Resource) bool {
		if info.Resources[key] == nil {
			names = append(names, key)
		}
		return true
	})
	info.P.DataSourcesMap().Range(func(key string, _ shim.Resource) bool {
		// One list serves both maps: a name in it would also drop the mapped resource.
		if info.DataSources[key] == nil && info.Resources[key] == nil {
			names = append(names, key)
		}
		return true
	})
	return names
}

func serve(ctx context.Context, info tfbridge.ProviderInfo) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	folder := filepath.Dir(executable)
	schema, err := os.ReadFile(filepath.Join(folder, "schema.json"))
	if err != nil {
		return err
	}
	metadata, err := os.ReadFile(filepath.Join(folder, "bridge-metadata.json"))
	if err != nil {
		return err
	}
	info.MetadataInfo = tfbridge.NewProviderMetadata(metadata)
	pfbridge.MainWithMuxer(ctx, name, info, schema)
	return nil
}

func main() {
	ctx := context.Background()
	info := providerInfo(ctx)
	if len(os.Args) > 1 && os.Args[1] == "gen" {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		tfgen.MainWithMuxer(name, info)
		return
	}
	if err := serve(ctx, info); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
