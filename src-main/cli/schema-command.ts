import { labJsonSchema } from '#shared/lab/index'

import { EXIT, type ExitCode } from './cli-error'
import { type Terminal, toJson } from './terminal'

/** `cni-lab schema`: prints the JSON Schema of lab files. */
export function schemaCommand(terminal: Terminal): ExitCode {
  terminal.out(toJson(labJsonSchema()))
  return EXIT.done
}
