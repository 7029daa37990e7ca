/** Who everybody is while authentication is off. Source: AutoGen Studio. */
export const guest = 'guestuser@gmail.com'
