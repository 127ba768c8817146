import type { z } from 'zod'

import type { Problem } from '../lab/problem'

/** One call across a border: `[schema of its one parameter, its result]`. The result exists as a type only. */
export type Call<Schema extends z.ZodType, Result> = readonly [parameters: Schema, result: Carried<Result>]

/** Carries a type through a value; at run time it is `undefined` and nobody reads it. */
export interface Carried<Type> {
  readonly carried?: Type
}

/** Names the result type of a call in a contract: `[schema, result<Settings>()]`. */
export function result<Type>(): Carried<Type> {
  return {}
}

/** A contract: calls by name. */
export type Calls = Readonly<Record<string, Call<z.ZodType, unknown>>>

/** What the caller of `Name` hands over. */
export type ParametersOf<Contract extends Calls, Name extends keyof Contract> = z.input<Contract[Name][0]>

/** What the server of `Name` gets: the parameters after validation. */
export type CheckedParametersOf<Contract extends Calls, Name extends keyof Contract> = z.output<Contract[Name][0]>

/** What `Name` comes to. */
export type ResultOf<Contract extends Calls, Name extends keyof Contract> =
  Contract[Name][1] extends Carried<infer Type> ? Type : never

/**
 * Why a call did not come to a result. `code` is stable and for programs, `message` is for people; `problems` are
 * there when a lab file was refused.
 */
export interface CallError {
  readonly code: string
  readonly message: string
  readonly problems?: readonly Problem[]
}

/** What a call comes to: a value, or an error as a value. Calls never reject for a reason a user can cause. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: CallError }

/** The calling side of a contract: each name becomes a function of its parameters. */
export type Client<Contract extends Calls> = {
  readonly [Name in keyof Contract]: undefined extends ParametersOf<Contract, Name>
    ? () => Promise<Answer<ResultOf<Contract, Name>>>
    : (parameters: ParametersOf<Contract, Name>) => Promise<Answer<ResultOf<Contract, Name>>>
}

/** The serving side of a contract: each name is answered from checked parameters. Throw `CallRefused` to refuse. */
export type Handlers<Contract extends Calls> = {
  readonly [Name in keyof Contract]: (
    parameters: CheckedParametersOf<Contract, Name>,
  ) => Promise<ResultOf<Contract, Name>> | ResultOf<Contract, Name>
}
