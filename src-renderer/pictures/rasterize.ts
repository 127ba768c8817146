import { withLabInPng } from '#shared/lab/index'

/** Widest and highest picture that Chromium's canvas takes, in pixels. */
const MOST_PIXELS = 16_384

/** An SVG as a PNG, `scale` pixels to one of the picture's; smaller where that would be too large. `lab` goes inside. */
export async function rasterize(
  { svg, width, height }: { readonly svg: string; readonly width: number; readonly height: number }, scale: number, lab: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const fitted = Math.min(scale, MOST_PIXELS / width, MOST_PIXELS / height)
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * fitted)
    canvas.height = Math.round(height * fitted)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (blob === null) throw new Error('The picture is too large to be drawn')
    const png = new Uint8Array(await blob.arrayBuffer())
    return lab === '' ? png : withLabInPng(png, new TextEncoder().encode(lab))
  } finally {
    URL.revokeObjectURL(url)
  }
}
