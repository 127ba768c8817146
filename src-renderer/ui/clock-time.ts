/** Whole seconds as people read a clock: `9 s`, `1:05 min`, `2:03:04 h`. */
export function clockTime(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const [s, m, h] = [seconds % 60, Math.floor(seconds / 60) % 60, Math.floor(seconds / 3600)]
  if (h > 0) return `${h}:${two(m)}:${two(s)} h`
  return m > 0 ? `${m}:${two(s)} min` : `${s} s`
}
