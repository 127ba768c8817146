import type { CompletionFacts, Schema } from '#renderer/fields/index'
import type { Outline } from '#renderer/stores/outline'
import { fieldDoc, labJsonSchema } from '#shared/lab/index'

let known: Schema | undefined

/** What a lab file is completed by. The schema is made when it is first needed: it takes a moment. */
export function labFacts(outline: () => Outline): CompletionFacts {
  return {
    schema: () => (known ??= labJsonSchema()),
    doc: fieldDoc,
    values: (path) => namesFor(String(path.findLast((step) => typeof step === 'string')), outline()),
    keys: () => [],
  }
}

/** The names that a field may refer to. */
function namesFor(key: string, { racks, switches, nodes, workloads, services, external, namespaces }: Outline): readonly string[] {
  const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name)
  switch (key) {
    case 'rack':
      return names(racks)
    case 'switch':
    case 'attach':
      return names(switches)
    case 'ends':
    case 'link':
      return [...names(switches), ...names(nodes)]
    case 'nodes':
    case 'node':
      return names(nodes)
    case 'namespace':
      return names(namespaces)
    case 'workload':
      return workloads.map(({ namespace, name }) => `${namespace}/${name}`)
    case 'pod':
      return workloads.map(({ namespace, name }) => `${namespace}/${name}-0`)
    case 'service':
      return services.map(({ namespace, name }) => `${namespace}/${name}`)
    case 'external':
      return names(external)
    default:
      return []
  }
}
