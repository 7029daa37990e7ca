import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

const PREFIX = 'aes-256-gcm:'
const [IV, TAG] = [12, 16]

interface Key {
  /** The beginning of its SHA-256, which stands with what it has encrypted. */
  id: string
  cipher: Buffer
  digest: Buffer
}

/** Encrypts secrets with AES-256-GCM by the newest key, and decrypts them by any of the keys. */
export class SecretKeys {
  readonly #keys: readonly Key[]

  /** @param keys 32 bytes each, the newest first; there is at least one */
  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys.map((key) => ({
      id: createHash('sha256').update('id').update(key).digest('hex').slice(0, 8),
      cipher: derived(key, 'cipher'),
      digest: derived(key, 'digest')
    }))
  }

  /** An encrypted text, good for one use (`context`) only. */
  encrypt(text: string, context: string): string {
    const key = this.#keys[0]!
    const iv = randomBytes(IV)
    const cipher = createCipheriv('aes-256-gcm', key.cipher, iv).setAAD(Buffer.from(context))
    const data = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${PREFIX}${key.id}:${data.toString('base64url')}`
  }

  /** The text; one that was stored before there were keys as it is. Throws where its key is not among these, or it was changed. */
  decrypt(stored: string, context: string): string {
    if (!isEncrypted(stored)) return stored
    const [id, data = ''] = stored.slice(PREFIX.length).split(':')
    const key = this.#keys.find((one) => one.id === id)
    if (!key) throw new UnknownSecretKey(id)
    const bytes = Buffer.from(data, 'base64url')
    const cipher = createDecipheriv('aes-256-gcm', key.cipher, bytes.subarray(0, IV), { authTagLength: TAG })
    cipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG))
    return cipher.update(bytes.subarray(IV, -TAG), undefined, 'utf8') + cipher.final('utf8')
  }

  /** Whether a stored text is encrypted by the newest key. */
  isCurrent(stored: string): boolean {
    return stored.startsWith(`${PREFIX}${this.#keys[0]!.id}:`)
  }

  /** What tells whether a text is stored already; without the newest key it says nothing of the text. */
  digest(text: string): string {
    return createHmac('sha256', this.#keys[0]!.digest).update(text).digest('hex')
  }
}

/** A database holds secrets that were encrypted by a key that was not given. */
export class UnknownSecretKey extends Error {
  constructor(id?: string) {
    const which = id === undefined ? '' : ` (the one called ${id})`
    super(
      `The database holds secrets that are encrypted, and their key${which} was not given: name it by ` +
        '--secret-key-file or TROUPE_SECRET_KEY.'
    )
  }
}

/** Whether a stored text was encrypted here. */
export const isEncrypted = (stored: string): boolean => /^aes-256-gcm:[0-9a-f]{8}:/.test(stored)

const derived = (key: Uint8Array, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `troupe secrets ${use}`, 32))

/**
 * Reads keys: `file`, one a line, which only its owner may read, or else `text`, separated by commas; the newest first. Each
 * is 32 bytes as 64 hexadecimal digits or in base64. Undefined where neither is given; throws what is wrong with them.
 */
export function readSecretKeys({ file, text }: { file?: string; text?: string }): SecretKeys | undefined {
  if (file === undefined && !text) return undefined
  const source = file === undefined ? 'TROUPE_SECRET_KEY' : `The key file "${file}"`
  if (file !== undefined && (statSync(file).mode & 0o077) !== 0)
    throw new Error(`${source} may be read by others: chmod 600 it.`)
  const lines = (file === undefined ? text! : readFileSync(file, 'utf8')).split(/[\n,]/)
  const keys = lines.map((line) => line.trim()).filter((line) => line !== '')
  if (keys.length === 0) throw new Error(`${source} holds no key.`)
  return new SecretKeys(keys.map((key, at) => bytesOf(key, `${source}, key ${at + 1}`)))
}

function bytesOf(key: string, where: string): Uint8Array {
  const bytes = Buffer.from(key, /^[0-9a-f]{64}$/i.test(key) ? 'hex' : 'base64')
  if (bytes.length === 32 && /^[\w+/=-]+$/.test(key)) return bytes
  throw new Error(`${where}: a key is 32 bytes in base64 or as hexadecimal digits (openssl rand -base64 32).`)
}
