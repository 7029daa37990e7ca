/** The media type of a picture, by its first bytes as base64 shows them. */
export function mediaType(base64: string): string {
  if (base64.startsWith('/9j/')) return 'image/jpeg'
  if (base64.startsWith('R0lG')) return 'image/gif'
  return base64.startsWith('UklG') ? 'image/webp' : 'image/png'
}
