import { optional } from '../../packages/optional.ts'

/** Bytes that the parts of an Office file may have together. */
const LARGEST = 128 * 2 ** 20
/** Parts of an Office file. */
const MOST = 10_000

/**
 * The parts of an Office file by their paths, unpacked. An archive may be small and its parts endless: throws where they have
 * more than 128 MiB or are more than 10,000, before they are unpacked.
 */
export async function unzip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const { unzipSync } = await optional(() => import('fflate'), 'fflate')
  let size = 0
  let count = 0
  const parts = unzipSync(bytes, {
    filter({ originalSize }) {
      size += originalSize
      if (size > LARGEST) throw new Error(`it is unpacked larger than ${LARGEST} bytes.`)
      if (++count > MOST) throw new Error(`it has more than ${MOST} parts.`)
      return true
    }
  })
  return new Map(Object.entries(parts))
}

/** The same file with its parts unpacked: no reader of it has to unpack more than was measured. */
export async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  const parts = await unzip(bytes)
  const { zipSync } = await optional(() => import('fflate'), 'fflate')
  return zipSync(Object.fromEntries(parts), { level: 0 })
}
