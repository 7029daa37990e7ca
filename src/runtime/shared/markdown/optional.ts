/** Loads a package that not everybody has. Throws a sentence where it is missing. */
export async function optional<Module>(load: () => Promise<Module>, name: string): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Error(`the package ${name}, which reads such files, is not installed (npm install ${name}).`)
  }
}
