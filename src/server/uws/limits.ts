/**
 * Lets heads of requests be as long as Node takes them: 4 KiB, the default of uWebSockets.js, are too little for the
 * cookies of a browser that meets many servers on localhost. It is read when uWebSockets.js is loaded, so this is called
 * before.
 */
export function takeLongHeaders(env: NodeJS.ProcessEnv = process.env): void {
  env.UWS_HTTP_MAX_HEADERS_SIZE ??= '16384'
}
