/** What is used of uWebSockets.js's request; valid until the first await. */
export interface RawRequest {
  getUrl(): string
  getQuery(): string | undefined
  getCaseSensitiveMethod(): string
  forEach(each: (name: string, value: string) => void): void
}

/** What is used of uWebSockets.js's response; valid until it was answered or aborted. */
export interface RawResponse {
  onAborted(fn: () => void): unknown
  /** The memory of a chunk is taken back when `fn` returns. */
  onData(fn: (chunk: ArrayBuffer | Uint8Array, isLast: boolean) => void): unknown
  pause(): unknown
  resume(): unknown
  onWritable(fn: () => boolean): unknown
  cork(fn: () => void): unknown
  writeStatus(status: string): unknown
  writeHeader(name: string, value: string): unknown
  write(chunk: string | Uint8Array): boolean
  end(body?: string | Uint8Array): unknown
  endWithoutBody(length?: number): unknown
}
