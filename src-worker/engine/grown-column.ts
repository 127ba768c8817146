/** A column that numbers of a kind stand in. */
type Column = Float64Array | Int32Array | Uint8Array

/** A longer column in the place of an old one, which is `longer` with what stood in `old`; what is new holds what `longer` held. */
export function grown<Kind extends Column>(old: Kind, longer: Kind): Kind {
  longer.set(old)
  return longer
}
