import type { RecordedResource } from "./recorded-resource";
import type { RecordedInvoke } from "./recording-monitor";

/** Everything a program asked the engine for. */
export class RecordedLab<T> {
  constructor(
    /** What the recorded function returned. */
    readonly value: T,
    /** All resources, in the order of their registration. */
    readonly resources: readonly RecordedResource[],
    /** All calls of provider functions. */
    readonly invokes: readonly RecordedInvoke[],
  ) {}

  /** The resource with this name, and this type when given. Throws unless there is exactly one. */
  get(name: string, type?: string): RecordedResource {
    const found = this.resources.filter(
      (resource) => resource.name === name && (type === undefined || resource.type === type),
    );
    const [only] = found;
    if (only && found.length === 1) return only;
    const listed = this.resources
      .map((resource) => `  ${resource.type} ${resource.name}`)
      .join("\n");
    const wanted = type === undefined ? JSON.stringify(name) : `${type} ${JSON.stringify(name)}`;
    throw new Error(`${found.length} resources match ${wanted}; recorded are:\n${listed}`);
  }

  /** The resource with this URN. */
  byUrn(urn: string): RecordedResource {
    const found = this.resources.find((resource) => resource.urn === urn);
    if (!found) throw new Error(`No resource has the URN ${urn}`);
    return found;
  }

  ofType(type: string): RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Direct children, in the order of their registration. */
  childrenOf(parent: RecordedResource): RecordedResource[] {
    return this.resources.filter((resource) => resource.parent === parent.urn);
  }

  /** `type name` of each direct child, sorted: what a component consists of, at a glance. */
  childNames(parent: RecordedResource): string[] {
    return this.childrenOf(parent)
      .map((child) => `${child.type} ${child.name}`)
      .sort();
  }

  /** Whether `resource` waits for `other`, by itself or through what lies between them. */
  waitsFor(resource: RecordedResource, other: RecordedResource): boolean {
    const seen = new Set<string>();
    const queue = [...resource.dependencies];
    for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
      if (urn === other.urn) return true;
      if (seen.has(urn)) continue;
      seen.add(urn);
      queue.push(
        ...(this.resources.find((candidate) => candidate.urn === urn)?.dependencies ?? []),
      );
    }
    return false;
  }
}
