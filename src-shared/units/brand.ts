declare const brand: unique symbol

/** A value of `Base` that only a constructor of its own makes, so that metres and seconds cannot be mixed up. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
