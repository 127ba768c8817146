import type { ObjectId, Outline } from '#renderer/stores/outline'

/** What a path crosses on the canvas: its nodes, switches and external hosts, and the links between neighbours. */
export function onPath({ nodes, switches, external, links }: Outline, path: readonly string[]): readonly ObjectId[] {
  const places = [...nodes, ...switches, ...external].filter(({ name }) => path.includes(name))
  const neighbours = new Set(path.flatMap((name, index) => (index === 0 ? [] : [`${path[index - 1]} ${name}`, `${name} ${path[index - 1]}`])))
  const crossed = links.filter(({ endNames: [a, b] }) => neighbours.has(`${a} ${b}`))
  return [...places, ...crossed].map(({ id }) => id)
}
