import { readFile } from 'node:fs/promises'

import { protocol } from 'electron'

import { pageFile } from './page-file'

/**
 * Everything comes from the app's own files: no inline script or style, no eval, nothing remote, no frames, no forms.
 * `data:` and `blob:` pictures are what charts and component styles draw with.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Makes `app:` a scheme with an origin of its own. Requires: called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page from `folder`, every answer under the content security policy. */
export function serveAppProtocol(folder: string): void {
  protocol.handle('app', async ({ url, method }) => {
    const file = method === 'GET' ? pageFile(url, folder) : null
    const content = file && (await readFile(file.path).catch(() => null))
    const headers = {
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    }
    if (!file || !content) return new Response('Not found', { status: 404, headers })
    return new Response(content, { headers: { ...headers, 'Content-Type': file.mediaType } })
  })
}
