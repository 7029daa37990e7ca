/** A message before it has an id and a time. The `id` may be given beforehand, where chunks name it already. */
export type Draft<M> = M extends unknown
  ? Omit<M, 'id' | 'created_at' | 'metadata' | 'models_usage'> &
      Partial<
        Pick<
          M & { id: string; metadata: object; models_usage: object | null },
          'id' | 'metadata' | 'models_usage'
        >
      >
  : never
