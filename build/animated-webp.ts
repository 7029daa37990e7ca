/** One picture of an animation: a whole WebP file as a browser makes it, and how long it is shown, in milliseconds. */
export interface Still {
  webp: Buffer
  shown: number
}

/** The least that fits in so many bytes, the lowest first, as RIFF writes numbers. */
function little(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

/** A chunk of RIFF: its name, its length, its content, filled up to an even length. */
const chunk = (name: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(name, 'latin1'),
    little(content.length, 4),
    content,
    Buffer.alloc(content.length % 2)
  ])

/** The chunk of a still picture that holds its pixels, as it stands in the file; throws where there is none. */
function pixelsOf(webp: Buffer): Buffer {
  if (webp.toString('latin1', 0, 4) !== 'RIFF' || webp.toString('latin1', 8, 12) !== 'WEBP')
    throw new Error('This picture is not WebP.')
  for (let at = 12; at + 8 <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4)
    const end = at + 8 + length + (length % 2)
    if (/^VP8[ L]$/.test(webp.toString('latin1', at, at + 4))) return webp.subarray(at, end)
    at = end
  }
  throw new Error('This WebP picture has no pixels.')
}

/**
 * Puts pictures of one size (in pixels) together to an animation that goes round for ever: the container of WebP
 * (RFC 9649), each picture as it was compressed.
 */
export function animatedWebp(stills: readonly Still[], width: number, height: number): Buffer {
  const size = [little(width - 1, 3), little(height - 1, 3)]
  const animates = 0b10
  const frames = stills.map(({ webp, shown }) => {
    const place = Buffer.alloc(6)
    const replacesWhatWasThere = 0b10
    const head = [place, ...size, little(shown, 3), little(replacesWhatWasThere, 1)]
    return chunk('ANMF', Buffer.concat([...head, pixelsOf(webp)]))
  })
  const whole = [
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', Buffer.concat([little(animates, 4), ...size])),
    chunk('ANIM', Buffer.alloc(6)), // No background, and no last round.
    ...frames
  ]
  return chunk('RIFF', Buffer.concat(whole))
}
