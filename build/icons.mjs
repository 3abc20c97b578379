#!/usr/bin/env node
// icons.mjs: draws build/appicon.svg into the pictures that the systems want: appicon.png, windows/icon.ico and
// linux/cofre.png. They are kept in git; this is run after a change of the drawing. Needs Chromium, and ImageMagick's convert.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const svg = readFileSync(join(here, 'appicon.svg'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'icons-'))

function png(size) {
  const page = join(folder, 'page.html')
  const picture = join(folder, `${size}.png`)
  writeFileSync(page, `<!doctype html><style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  execFileSync(
    process.env.CHROMIUM ?? 'chromium',
    ['--headless', '--no-sandbox', '--default-background-color=00000000', '--hide-scrollbars', '--force-device-scale-factor=1',
     `--window-size=${Math.max(size, 64)},${Math.max(size, 64)}`, `--screenshot=${picture}`, `file://${page}`],
    { stdio: 'ignore' },
  )
  return readFileSync(picture)
}

// Chromium makes no window below 64 pixels: smaller pictures are cut out of a larger one's corner.
function cropped(size) {
  if (size >= 64) return png(size)
  png(size)
  const from = join(folder, `${size}.png`)
  execFileSync('convert', [from, '-crop', `${size}x${size}+0+0`, '+repage', 'PNG32:' + from])
  return readFileSync(from)
}

/** ico packs PNG pictures into one icon file: a directory, then the pictures as they are. */
function ico(sizes) {
  const pictures = sizes.map(cropped)
  const directory = Buffer.alloc(6 + 16 * sizes.length)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(sizes.length, 4)
  let offset = directory.length
  pictures.forEach((picture, i) => {
    const at = 6 + 16 * i
    directory.writeUInt8(sizes[i] % 256, at) // 0 means 256
    directory.writeUInt8(sizes[i] % 256, at + 1)
    directory.writeUInt16LE(1, at + 4)
    directory.writeUInt16LE(32, at + 6)
    directory.writeUInt32LE(picture.length, at + 8)
    directory.writeUInt32LE(offset, at + 12)
    offset += picture.length
  })
  return Buffer.concat([directory, ...pictures])
}

writeFileSync(join(here, 'appicon.png'), png(1024))
writeFileSync(join(here, 'linux/cofre.png'), png(256))
writeFileSync(join(here, 'windows/icon.ico'), ico([256, 128, 64, 48, 32, 16]))
rmSync(folder, { recursive: true })
