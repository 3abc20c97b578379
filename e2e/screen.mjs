// A picture of the whole screen, native dialogs included: Xvfb keeps it in a file of the XWD format, and this writes it
// as PNG.
import { readFileSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'

/** capture writes the screen to a PNG file. */
export function capture(file) {
  const xwd = readFileSync(process.env.SCREEN_FILE)
  const field = (i) => xwd.readUInt32BE(4 * i)
  const [headerSize, width, height, bytesPerLine, colours] = [field(0), field(4), field(5), field(12), field(19)]
  const pixels = headerSize + 12 * colours
  const rows = Buffer.alloc(height * (1 + 3 * width))
  for (let y = 0, out = 0; y < height; y++) {
    rows[out++] = 0 // PNG: this row is as it is
    for (let x = 0, at = pixels + y * bytesPerLine; x < width; x++, at += 4) {
      rows[out++] = xwd[at + 2]
      rows[out++] = xwd[at + 1]
      rows[out++] = xwd[at]
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  writeFileSync(file, Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]))
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
