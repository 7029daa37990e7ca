import type { Option } from 'commander'
import type { SecretKeys } from '../runtime/store/secret-keys.ts'
import { flag } from './io.ts'

/** The flag that names the file of keys. */
export const secretKeyFlag = (): Option =>
  flag('--secret-key-file <file>', 'encrypts secrets in the database: keys, one a line, the newest first')

/** The keys that encrypt secrets, of a file or the variable TROUPE_SECRET_KEY, which nothing that is started here inherits. */
export async function secretKeysOf(file: string | undefined): Promise<SecretKeys | undefined> {
  const text = process.env.TROUPE_SECRET_KEY
  delete process.env.TROUPE_SECRET_KEY
  const { readSecretKeys } = await import('../runtime/store/secret-keys.ts')
  return readSecretKeys({ file, text })
}
