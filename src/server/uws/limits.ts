// uWebSockets.js reads this when it is loaded, hence a module of its own, imported before it. Its 4 KiB are too
// little for the cookies of a browser that meets many servers on localhost; Node has 16 KiB.
process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= '16384'
