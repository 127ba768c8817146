import { BrowserWindow } from 'electron'

import { CallRefused } from '#shared/contract/call-refused'

/** A drawing, with its size in pixels of a page (96 to the inch). */
export interface Drawing {
  readonly svg: string
  readonly width: number
  readonly height: number
}

/**
 * Prints a drawing as a PDF of one page of its size, as vectors. It is printed by a page of its own, without scripts,
 * that nobody sees. Refuses with `export.unprintable`.
 */
export async function printPdf({ svg, width, height }: Drawing): Promise<Uint8Array> {
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, javascript: false } })
  try {
    const style = `@page{size:${width}px ${height}px;margin:0}html,body{margin:0}svg{display:block}`
    const html = `<!doctype html><meta charset="utf-8"><style>${style}</style>${svg}`
    await window.loadURL(`data:text/html;base64,${Buffer.from(html).toString('base64')}`)
    return await window.webContents.printToPDF({ preferCSSPageSize: true, printBackground: true })
  } catch (error) {
    throw new CallRefused('export.unprintable', `The picture can't be printed: ${error instanceof Error ? error.message : String(error)}.`)
  } finally {
    window.destroy()
  }
}
