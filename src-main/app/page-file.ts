import path from 'node:path'

/** The scheme and host that the app's own page comes from. */
export const pageOrigin = 'app://cni-lab'

/** Where the window starts. */
export const pageUrl = `${pageOrigin}/index.html`

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** A file of the page and what to call its content. */
export interface PageFile {
  readonly path: string
  readonly mediaType: string
}

/**
 * The file behind a URL of the page, or null for another host, a type that the page has no use for, or a path that
 * leaves `folder`.
 */
export function pageFile(url: string, folder: string): PageFile | null {
  const { protocol, host, pathname } = new URL(url)
  if (`${protocol}//${host}` !== pageOrigin) return null
  const file = path.join(folder, decodedPath(pathname))
  const mediaType = mediaTypes[path.extname(file)]
  const inside = file.startsWith(folder + path.sep)
  return inside && mediaType !== undefined ? { path: file, mediaType } : null
}

/** A path that can't be decoded names no file. */
function decodedPath(pathname: string): string {
  try {
    const decoded = decodeURIComponent(pathname)
    return decoded.includes('\0') ? '' : decoded
  } catch {
    return ''
  }
}
