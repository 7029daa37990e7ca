/** What HS256 asks of a key, in bytes. Source: RFC 7518, section 3.2. */
const BYTES = 32

/** Why a secret is none by which tokens are to be signed, with the way out; undefined where it will do. */
export function weakness(secret: string): string | undefined {
  const bytes = Buffer.byteLength(secret)
  if (bytes >= BYTES) return undefined
  return (
    `is too weak: it has ${bytes} bytes, and a shorter one than ${BYTES} can be guessed from one token. ` +
    'Make one with "openssl rand -base64 48".'
  )
}
