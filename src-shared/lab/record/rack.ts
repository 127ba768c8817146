import { plainNameSchema } from '../name-schemas'
import { z } from '../schema-library'

/** A rack: where switches and nodes stand. It groups them on the canvas and has no effect on traffic. */
export interface Rack {
  readonly name: string
}

/** The schema of a rack. */
export const rackSchema = z.strictObject({ name: plainNameSchema })
