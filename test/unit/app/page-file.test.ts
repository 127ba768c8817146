import path from 'node:path'

import { describe, expect, it } from 'vitest'

import { pageFile, pageUrl } from '#main/app/page-file'

const folder = path.resolve('/opt/app/out/renderer')

describe('pageFile', () => {
  it('finds the page and its assets, with what they are', () => {
    expect(pageFile(pageUrl, folder)).toEqual({
      path: path.join(folder, 'index.html'),
      mediaType: 'text/html; charset=utf-8',
    })
    expect(pageFile('app://cni-lab/assets/index-1.js?v=2#top', folder)).toEqual({
      path: path.join(folder, 'assets', 'index-1.js'),
      mediaType: 'text/javascript; charset=utf-8',
    })
  })

  it.each([
    ['another host', 'app://elsewhere/index.html'],
    ['another scheme', 'https://cni-lab/index.html'],
    ['a path that climbs out', 'app://cni-lab/..%2f..%2fpackage.json'],
    ['a path that climbs out twice encoded', 'app://cni-lab/..%5c..%5cmain.js%00.html'],
    ['a sibling folder with the same beginning', 'app://cni-lab/..%2frenderer-secret%2fa.js'],
    ['a path that can not be decoded', 'app://cni-lab/%E0%A4%A.js'],
    ['a type the page has no use for', 'app://cni-lab/notes.txt'],
    ['a folder', 'app://cni-lab/assets/'],
  ])('has nothing for %s', (_what, url) => {
    expect(pageFile(url, folder)).toBeNull()
  })
})
