// The real bpg/proxmox Terraform provider as the Pulumi plugin that the npm package
// @muhlba91/pulumi-proxmoxve speaks to, for machines that cannot download the official plugin.
//
// Resources whose Terraform id is not the bridge's own string id are left out: create panics on them
// in the official plugin too. Serving reads schema.json and bridge-metadata.json beside the
// executable; "gen schema --skip-docs --skip-examples --out DIR" writes them, once after the build.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// member splits a Terraform name as the npm package does: the last word is the member, those before
// it are its module, and the provider's old long prefix makes it a "Legacy" one.
func member(key string) (module, name string) {
	rest, legacy := strings.CutPrefix(key, "proxmox_virtual_environment_")
	words := strings.Split(strings.TrimPrefix(rest, "proxmox_"), "_")
	last := words[len(words)-1]
	name = strings.ToUpper(last[:1]) + last[1:]
	if legacy {
		name += "Legacy"
	}
	module = strings.Join(words[:len(words)-1], "/")
	if module == "" {
		module = "index"
	}
	return module, name
}

// token is the bridge's own way to name a member: module, file named as the member, member.
func token(module, member string) string {
	return fmt.Sprintf("%s:%s/%s%s:%s", name, module, strings.ToLower(member[:1]), member[1:], member)
}

func hasOwnID(resource shim.Resource) bool {
	id, found := resource.Schema().GetOk("id")
	return found && (id.Required() || id.Optional() || id.Type() != shim.TypeString)
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
		Resources:      map[string]*tfbridge.ResourceInfo{},
		DataSources:    map[string]*tfbridge.DataSourceInfo{},
	}
	upstream.ResourcesMap().Range(func(key string, resource shim.Resource) bool {
		if hasOwnID(resource) {
			info.IgnoreMappings = append(info.IgnoreMappings, key)
		} else {
			module, member := member(key)
			info.Resources[key] = &tfbridge.ResourceInfo{Tok: tokens.Type(token(module, member))}
		}
		return true
	})
	upstream.DataSourcesMap().Range(func(key string, _ shim.Resource) bool {
		// The list of what is ignored holds for resources and data sources of a name alike.
		if !slices.Contains(info.IgnoreMappings, key) {
			module, member := member(key)
			tok := tokens.ModuleMember(token(module, "get"+member))
			info.DataSources[key] = &tfbridge.DataSourceInfo{Tok: tok}
		}
		return true
	})
	// As the official plugin does: a VM without a name gets its logical one with a random suffix.
	info.SetAutonaming(255, "-")
	return info
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
