/** Which addresses the tools, agents and models of configs may reach: what the operator allows. */
export interface Egress {
  /** Sends a request as the platform's `fetch` does; rejects where the address, or one it redirects to, is not allowed. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  /** Whether a request may go there; for what sends its own requests, such as a browser. */
  allows(url: URL): Promise<boolean>
  /** Whether everything may be reached; only then does code that runs apart from this process have the network. */
  readonly open: boolean
}

/** Every address may be reached. */
export const openEgress: Egress = {
  fetch: (url, init) => fetch(url, init),
  allows: async () => true,
  open: true
}
