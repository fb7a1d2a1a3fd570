/** In what a database stands while a fixture is rotated. */
export type Surroundings = 'peaceful';
