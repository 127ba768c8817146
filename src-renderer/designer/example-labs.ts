import { quickLab } from '#shared/lab/index'

/** A lab that shows something, to start from. */
export interface ExampleLab {
  /** Its file's stem, which is the lab's name too. */
  readonly id: string
  readonly description: string
  /** The lab file's text. */
  readonly text: string
}

const files = import.meta.glob<string>('../../resources/labs/*.cnilab.yaml', { query: '?raw', import: 'default', eager: true })

/** The example labs that the app comes with, by name. */
export function exampleLabs(): ExampleLab[] {
  return Object.values(files).flatMap((text) => {
    const lab = quickLab(text)
    return lab === undefined ? [] : [{ id: lab.name, description: lab.description, text }]
  }).toSorted((a, b) => a.id.localeCompare(b.id, 'en'))
}
