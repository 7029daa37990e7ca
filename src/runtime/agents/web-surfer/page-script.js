// Runs in the page that a MultimodalWebSurfer looks at. It gives numbers to what can be used, says what is to be seen,
// and draws marks for the time of a screenshot. The numbers stay with their elements as an attribute.
;(() => {
  if (window.__troupe) return
  const ID = 'data-troupe-id'
  let next = 10

  const USABLE =
    'input, select, textarea, button, summary, [href], [onclick], [contenteditable=""], [contenteditable="true"], ' +
    '[tabindex]:not([tabindex="-1"]), ' +
    ['button', 'checkbox', 'combobox', 'gridcell', 'link', 'listbox', 'menu', 'menuitem', 'menuitemcheckbox']
      .concat([
        'menuitemradio',
        'option',
        'radio',
        'scrollbar',
        'search',
        'searchbox',
        'slider',
        'spinbutton'
      ])
      .concat(['switch', 'tab', 'textbox', 'treeitem'])
      .map((role) => `[role="${role}"]`)
      .join(', ')
  const ROLES = {
    a: 'link',
    area: 'link',
    button: 'button',
    summary: 'button',
    select: 'combobox',
    textarea: 'textbox'
  }
  const INPUTS = {
    button: 'button',
    checkbox: 'checkbox',
    image: 'button',
    number: 'spinbutton',
    radio: 'radio'
  }
  Object.assign(INPUTS, { range: 'slider', reset: 'button', search: 'searchbox', submit: 'button' })

  // What a page has within shadow roots is to be used as well.
  const all = (root, selector) => {
    const found = [...root.querySelectorAll(selector)]
    for (const element of root.querySelectorAll('*'))
      if (element.shadowRoot) found.push(...all(element.shadowRoot, selector))
    return found
  }

  const roleOf = (element) => {
    const own = element.getAttribute('role')
    if (own) return own
    const tag = element.tagName.toLowerCase()
    return tag === 'input' ? (INPUTS[element.type] ?? 'textbox') : (ROLES[tag] ?? '')
  }

  const textOf = (element) => (element?.innerText ?? element?.textContent ?? '').trim()
  const nameOf = (element) => {
    const labels = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean)
    const given = [
      labels.map((id) => textOf(document.getElementById(id))).join(' '),
      element.getAttribute('aria-label'),
      [...(element.labels ?? [])].map(textOf).join(' '),
      /^(submit|button|reset)$/.test(element.type ?? '') ? element.value : '',
      element.getAttribute('alt'),
      element.getAttribute('title'),
      element.getAttribute('placeholder'),
      textOf(element),
      element.querySelector?.('img')?.getAttribute('alt'),
      element.getAttribute('name')
    ]
    return (given.find((text) => text?.trim()) ?? '').replace(/\s+/g, ' ').trim().slice(0, 200)
  }

  const isSeen = (element, x, y) => {
    if (x < 0 || y < 0 || x >= window.innerWidth || y >= window.innerHeight) return true
    for (let hit = element.getRootNode().elementFromPoint?.(x, y); hit; hit = hit.parentNode ?? hit.host)
      if (hit === element) return true
    return false
  }

  const boxesOf = (element) =>
    [...element.getClientRects()]
      .filter(({ width, height }) => width > 0 && height > 0)
      .filter((box) => isSeen(element, box.left + box.width / 2, box.top + box.height / 2))

  /** What can be used: its number, role and name, whether it scrolls, and where it is as seen from the viewport. */
  const targets = () =>
    all(document, USABLE).flatMap((element) => {
      if (element.disabled || getComputedStyle(element).visibility === 'hidden') return []
      const boxes = boxesOf(element)
      if (boxes.length === 0) return []
      if (!element.hasAttribute(ID)) element.setAttribute(ID, String(next++))
      const { left, top, right, bottom } = boxes[0]
      const middle = (top + bottom) / 2
      const place = middle < 0 ? 'above' : middle >= window.innerHeight ? 'below' : 'visible'
      return [
        {
          id: element.getAttribute(ID),
          role: roleOf(element) || element.tagName.toLowerCase(),
          name: nameOf(element),
          scrolls: element.scrollHeight - element.clientHeight >= 16,
          box: { left, top, right, bottom },
          place
        }
      ]
    })

  const focused = () => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.closest?.(`[${ID}]`)?.getAttribute(ID) ?? null
  }

  const viewport = () => {
    const root = document.documentElement
    const { height, pageTop } = window.visualViewport ?? {
      height: window.innerHeight,
      pageTop: window.scrollY
    }
    return { height, pageTop, scrollHeight: Math.max(root?.scrollHeight ?? 0, 1) }
  }

  /** The text that stands in the viewport. */
  const visibleText = (longest) => {
    const lines = []
    const walker = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    let length = 0
    while (walker.nextNode() && length < longest) {
      const node = walker.currentNode
      const text = node.nodeValue.replace(/\s+/g, ' ')
      const parent = node.parentElement
      if (text.trim() === '' || !parent || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(parent.tagName)) continue
      range.selectNodeContents(node)
      const seen = [...range.getClientRects()].some(
        ({ width, height, top, bottom, left, right }) =>
          width > 0 &&
          height > 0 &&
          bottom >= 0 &&
          right >= 0 &&
          top <= window.innerHeight &&
          left <= window.innerWidth
      )
      if (!seen) continue
      const block = !getComputedStyle(parent).display.startsWith('inline')
      lines.push(text, block ? '\n' : '')
      length += text.length
    }
    return lines
      .join('')
      .replace(/[^\S\n]*\n\s*/g, '\n')
      .trim()
      .slice(0, longest)
  }

  const metadata = () => {
    const tags = {}
    for (const meta of document.querySelectorAll('meta[content]')) {
      const key = meta.getAttribute('name') ?? meta.getAttribute('property')
      if (key) tags[key] = meta.getAttribute('content').slice(0, 1000)
    }
    const data = [...document.querySelectorAll('script[type="application/ld+json"]')].map((script) => {
      try {
        return JSON.parse(script.textContent)
      } catch {
        return script.textContent.trim()
      }
    })
    return {
      ...(data.length > 0 && { jsonld: data.length === 1 ? data[0] : data }),
      ...(Object.keys(tags).length > 0 && { meta_tags: tags })
    }
  }

  const colorOf = (id) => `hsl(${(Number(id) * 47) % 360} 85% 38%)`

  /** Draws a box with its number over each target in the viewport. */
  const mark = (found) => {
    unmark()
    const host = document.createElement('div')
    host.id = 'troupe-marks'
    host.style.cssText = 'all: initial; position: fixed; inset: 0; pointer-events: none; z-index: 2147483647'
    const shadow = host.attachShadow({ mode: 'closed' })
    for (const { id, box, place } of found) {
      if (place !== 'visible') continue
      const frame = document.createElement('div')
      frame.style.cssText =
        `position: fixed; left: ${box.left}px; top: ${box.top}px; width: ${box.right - box.left}px; ` +
        `height: ${box.bottom - box.top}px; outline: 2px solid ${colorOf(id)}; box-sizing: border-box`
      const label = document.createElement('span')
      label.textContent = id
      const above = box.top > 20 ? 'bottom: 100%' : 'top: 100%'
      label.style.cssText =
        `position: absolute; right: 0; ${above}; background: ${colorOf(id)}; color: white; ` +
        'font: bold 13px/16px sans-serif; padding: 0 3px; white-space: nowrap'
      frame.append(label)
      shadow.append(frame)
    }
    document.documentElement.append(host)
  }
  const unmark = () => document.getElementById('troupe-marks')?.remove()

  const find = (id) => all(document, `[${ID}="${CSS.escape(id)}"]`)[0] ?? null

  /** Scrolls an element by its own height; says whether it is there. */
  const scroll = (id, direction) => {
    const element = find(id)
    element?.scrollBy({
      top: direction === 'up' ? -element.clientHeight : element.clientHeight,
      behavior: 'instant'
    })
    return element !== null
  }

  window.__troupe = { targets, focused, viewport, visibleText, metadata, mark, unmark, find, scroll }
})()
