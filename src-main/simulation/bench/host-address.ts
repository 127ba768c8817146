const BASE_ADDRESS = 0x0a000001

/** The address of a bare network's host: 10.0.0.1 on. */
export function hostAddress(host: number): number {
  return BASE_ADDRESS + host
}
