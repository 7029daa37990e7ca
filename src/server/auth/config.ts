import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { explain } from '../../protocol/errors.ts'
import { weakness } from './secret-strength.ts'

const Minutes = z.number().positive()
const Url = z.url({ protocol: /^https?$/ })

const Common = {
  token_expiry_minutes: Minutes.default(60),
  /** Paths that need no token, besides those that never do; one that ends in a star is a beginning. */
  exclude_paths: z.array(z.string()).default(() => []),
  /** The ids of users who may read and steer everything, besides those whose token says so. */
  admins: z.array(z.string()).default(() => [])
}

/** How the tokens of another issuer are read. */
const Jwt = z.strictObject({
  jwks_url: Url.optional(),
  /** Beside the config file, unless it is absolute. */
  jwks_file: z.string().min(1).optional(),
  issuer: z.string().optional(),
  audience: z.union([z.string(), z.array(z.string())]).optional(),
  user_claim: z.string().default('sub'),
  roles_claim: z.string().default('roles'),
  /** Where a page sends people who have no token. */
  login_url: z.string().optional()
})
export type Jwt = z.infer<typeof Jwt>

/** What tokens of HS256 are signed with. */
const Secret = z.string().superRefine((secret, context) => {
  const message = weakness(secret)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

/** An OAuth application of GitHub, or of a service that speaks like it. */
const Github = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  callback_url: Url,
  scopes: z.array(z.string()).default(() => ['user:email']),
  authorize_url: Url.default('https://github.com/login/oauth/authorize'),
  token_url: Url.default('https://github.com/login/oauth/access_token'),
  api_url: Url.default('https://api.github.com')
})
export type Github = z.infer<typeof Github>

const None = z.looseObject({ type: z.literal('none'), ...Common })
const JwtAuth = z.looseObject({
  type: z.literal('jwt'),
  jwt_secret: Secret.optional(),
  jwt: Jwt.prefault({}),
  ...Common
})
const GithubAuth = z.looseObject({
  type: z.literal('github'),
  jwt_secret: Secret,
  github: Github,
  ...Common
})

/** How users prove who they are. Source: AutoGen Studio `AuthConfig`, and cli.md. */
export const AuthConfig = z
  .discriminatedUnion('type', [None, JwtAuth, GithubAuth])
  .refine(
    (config) => config.type !== 'jwt' || config.jwt_secret || config.jwt.jwks_url || config.jwt.jwks_file,
    { path: ['jwt_secret'], message: 'type jwt needs jwt_secret, jwt.jwks_url or jwt.jwks_file' }
  )
export type AuthConfig = z.infer<typeof AuthConfig>

/** Reads the file of `--auth-config`, JSON or YAML; the error says where and why. */
export function readAuthConfig(file: string): AuthConfig {
  let value: unknown
  try {
    value = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new Error(`The authentication config "${file}" cannot be read: ${why}`)
  }
  const parsed = AuthConfig.safeParse(value)
  if (!parsed.success)
    throw new Error(`The authentication config "${file}" does not fit:\n${explain(parsed.error)}`)
  const config = parsed.data
  if (config.type === 'jwt' && config.jwt.jwks_file)
    config.jwt.jwks_file = resolve(dirname(file), config.jwt.jwks_file)
  return config
}
