import { z } from 'zod'
import * as answers from '../../protocol/rest-answers.ts'
import type { SecretVault } from '../../runtime/components/secret-vault.ts'
import type { GalleryRow, Store } from '../../runtime/store/store.ts'
import { ok, refuse, requireOwner } from '../http/http.ts'
import { ForUser, Id, type Route, route, Text } from '../http/route.ts'
import { listOrFirst } from './first.ts'

export interface GalleryServices {
  store: Pick<Store, 'galleries'>
  vault: SecretVault
  /** What a user without galleries gets at the first list. */
  defaultGallery: Record<string, unknown>
}

/** A gallery as a page saves it. The page counts what is in each list, so nothing else may stand there. */
const Config = z.looseObject({
  id: z.string(),
  name: z.string(),
  url: z.string().nullish(),
  metadata: z.looseObject({ author: z.string().nullish(), version: z.string().nullish() }),
  components: z.record(z.string(), z.array(z.unknown()))
})

const Gallery = z.object({ user_id: Text, config: Config })
const Change = z.object({ user_id: Text.nullish(), config: Config })
const GalleryPath = z.object({ gallery_id: Id })

/** `/api/gallery/`: the galleries of a user. */
export function galleryRoutes({ store: { galleries }, vault, defaultGallery }: GalleryServices): Route[] {
  const list = listOrFirst<GalleryRow>(galleries, (user_id) =>
    galleries.insert({ user_id, config: defaultGallery })
  )
  const item = { path: GalleryPath, query: ForUser }
  const own = async (id: number, owner: string): Promise<GalleryRow> =>
    (await galleries.get(id, owner)) ?? refuse(404, 'Gallery entry not found')
  return [
    route('GET', '/api/gallery/', { query: ForUser, answer: answers.Galleries }, async ({ query, user }) => {
      requireOwner(user, query.user_id)
      return ok(await list(query.user_id), 'Gallery Retrieved Successfully')
    }),
    route(
      'POST',
      '/api/gallery/',
      { body: Gallery, answer: answers.Gallery },
      async ({ body: { user_id, config }, user }) => {
        requireOwner(user, user_id)
        const row = await galleries.insert({ user_id, config: await vault.seal(config, user_id) })
        return ok(row, 'Gallery Created Successfully')
      }
    ),
    route(
      'GET',
      '/api/gallery/{gallery_id}',
      { ...item, answer: answers.Gallery },
      async ({ path, query, user }) => {
        requireOwner(user, query.user_id)
        return ok(await own(path.gallery_id, query.user_id), 'Gallery Retrieved Successfully')
      }
    ),
    route(
      'PUT',
      '/api/gallery/{gallery_id}',
      { ...item, body: Change, answer: answers.Gallery },
      async (entered) => {
        const { path, query, body, user } = entered
        requireOwner(user, query.user_id)
        const { id } = await own(path.gallery_id, query.user_id)
        const config = await vault.seal<Record<string, unknown>>(body.config, query.user_id)
        const row = await galleries.update(id, { config })
        return ok(row ?? refuse(404, 'Gallery entry not found'), 'Gallery Updated Successfully')
      }
    ),
    route(
      'DELETE',
      '/api/gallery/{gallery_id}',
      { ...item, answer: answers.Deleted },
      async ({ path, query, user }) => {
        requireOwner(user, query.user_id)
        const { id } = await own(path.gallery_id, query.user_id)
        await galleries.delete(id, query.user_id)
        return ok(null, 'Gallery Deleted Successfully')
      }
    )
  ]
}
