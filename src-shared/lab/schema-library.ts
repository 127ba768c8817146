import { config, z } from 'zod'

// Zod compiles object parsers with `new Function`, which the window's content security policy forbids and reports.
config({ jitless: true })

/** The schema library, set up once. Records import it from here, so that the set-up runs before any schema exists. */
export { z }
