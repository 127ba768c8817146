import type { Lab } from '../record/lab'
import type { DocumentPath } from '../document-path'

/** A link on the way of a packet. */
export interface PathLink {
  /** What it joins, in words: `tor-a – spine-1`. */
  readonly name: string
  readonly mtu: number
  /** Bits per second. */
  readonly rate: number
  /** Where it is in the document. */
  readonly path: DocumentPath
}

/** Finds the shortest ways between nodes and external hosts of a lab; which of several equal ones does not matter here. */
export class LabPaths {
  readonly #edges = new Map<string, { readonly to: string; readonly link: PathLink }[]>()
  readonly #found = new Map<string, readonly PathLink[] | undefined>()

  constructor({ fabric, nodes, external }: Lab) {
    fabric.links.forEach(({ ends: [a, b], mtu, rate }, index) =>
      this.#join(a, b, { name: `${a} – ${b}`, mtu, rate, path: ['spec', 'fabric', 'links', index] }))
    nodes.forEach(({ name, uplinks }, node) => uplinks.forEach((uplink, index) =>
      this.#join(name, uplink.switch, { name: `${name} – ${uplink.switch}`, mtu: uplink.mtu, rate: uplink.rate, path: ['spec', 'nodes', node, 'uplinks', index] })))
    external.forEach((host, index) => {
      this.#join(`external ${host.name}`, host.attach, { name: `${host.name} – ${host.attach}`, mtu: host.mtu, rate: host.rate, path: ['spec', 'external', index] })
    })
  }

  /** The links of a way; undefined where there is none. External hosts are written `external NAME`. */
  between(from: string, to: string): readonly PathLink[] | undefined {
    const key = `${from}\n${to}`
    if (!this.#found.has(key)) this.#found.set(key, this.#search(from, to))
    return this.#found.get(key)
  }

  #join(a: string, b: string, link: PathLink): void {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const edges = this.#edges.get(from)
      if (edges === undefined) this.#edges.set(from, [{ to, link }])
      else edges.push({ to, link })
    }
  }

  #search(from: string, to: string): readonly PathLink[] | undefined {
    const cameBy = new Map<string, { readonly from: string; readonly link: PathLink } | undefined>([[from, undefined]])
    const queue = [from]
    for (const here of queue) {
      if (here === to) break
      for (const { to: next, link } of this.#edges.get(here) ?? []) {
        if (cameBy.has(next)) continue
        cameBy.set(next, { from: here, link })
        queue.push(next)
      }
    }
    if (!cameBy.has(to)) return undefined
    const links: PathLink[] = []
    for (let step = cameBy.get(to); step !== undefined; step = cameBy.get(step.from)) links.unshift(step.link)
    return links
  }
}
