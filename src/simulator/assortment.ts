/** One category of the simulated shop: what is sold in it, at which prices, and when. */
export interface Category {
  /** Short name in ids and picture selection. */
  readonly slug: string
  readonly name: string
  readonly department: string
  /** What one product is called; the first word pool of its title. */
  readonly nouns: readonly string[]
  readonly materials: readonly string[]
  /** Median price and standard deviation of its logarithm. */
  readonly price: number
  readonly spread: number
  /** Month (0 = January) of the highest demand, and its size in units of utility. */
  readonly peak: number
  readonly swing: number
  /** How strongly one unit of ln(price) lowers the utility, for an average person. */
  readonly elasticity: number
  /** Bought again and again, rather than once. */
  readonly consumable: boolean
}

/**
 * A department and its five brands; below it, a category a line: slug; name; nouns; materials; price; spread; peak;
 * swing; elasticity; whether it is consumable.
 */
const TABLE = `
Outdoors: Fernhollow | Norrpike | Cairnwell | Windle & Moor | Tarnbeck
  tents; Tents; 2-Person Tent | 3-Person Tent | Dome Tent | Tunnel Tent; ripstop nylon | polyester; 189; 0.4; 5; 1.4; 1.8
  sleeping-bags; Sleeping Bags; Sleeping Bag | Mummy Bag | Quilt Bag; down | hollow fibre; 96; 0.4; 5; 1.2; 1.7
  backpacks; Backpacks; Daypack 22 L | Trekking Pack 45 L | Roll-Top Pack; canvas | recycled polyester; 84; 0.35; 6; 0.7; 1.5
  boots; Hiking Boots; Hiking Boots | Trail Boots | Mountain Boots; leather | suede; 134; 0.3; 8; 0.7; 1.4
  stoves; Camp Stoves; Gas Stove | Pocket Stove | Twin-Burner Stove; steel | titanium; 58; 0.4; 5; 1; 1.6
Photography: Lumenar | Oculo | Halide & Sons | Verifax | Petapix
  cameras; Cameras; Mirrorless Camera | Compact Camera | Instant Camera; aluminium | magnesium; 549; 0.5; 11; 0.6; 2
  lenses; Lenses; 35 mm Lens | 50 mm Lens | Zoom Lens; aluminium | glass; 329; 0.5; 11; 0.4; 1.8
  memory-cards; Memory Cards; Memory Card 64 GB | Memory Card 128 GB | Memory Card 256 GB; plastic; 27; 0.4; 7; 0.3; 2.4
  tripods; Tripods; Travel Tripod | Tabletop Tripod | Studio Tripod; carbon | aluminium; 89; 0.45; 6; 0.4; 1.8
  camera-bags; Camera Bags; Camera Bag | Sling Bag | Camera Case; canvas | leather; 64; 0.35; 6; 0.3; 1.5
Kitchen: Copperlane | Mørkby | Saltgate | Two Ladles | Brennwick
  coffee-makers; Coffee Makers; Moka Pot | Pour-Over Set | French Press; steel | glass; 48; 0.5; 11; 0.6; 1.7
  coffee-beans; Coffee Beans; Espresso Beans 500 g | House Roast 1 kg | Filter Roast 250 g; arabica | robusta blend; 14; 0.3; 0; 0.3; 2.2; consumable
  pans; Pans; Frying Pan | Sauté Pan | Casserole; cast iron | copper | steel; 62; 0.45; 10; 0.4; 1.5
  knives; Knives; Chef's Knife | Bread Knife | Paring Knife; steel | damask steel; 54; 0.5; 11; 0.4; 1.4
  mugs; Mugs; Mug | Espresso Cup | Travel Mug; stoneware | porcelain; 15; 0.3; 11; 0.7; 1.8
Living: Hygga Nord | Velloway | Ashgrove & Lint | Ottoline | Quiet Room
  lamps; Lamps; Table Lamp | Floor Lamp | Reading Lamp; brass | ash wood; 79; 0.45; 10; 0.8; 1.4
  cushions; Cushions; Cushion | Bolster | Seat Pad; linen | velvet; 29; 0.3; 9; 0.4; 1.7
  blankets; Blankets; Throw | Wool Blanket | Picnic Blanket; wool | cotton; 59; 0.35; 10; 1.3; 1.5
  vases; Vases; Vase | Bud Vase | Bottle Vase; glass | stoneware; 34; 0.4; 3; 0.5; 1.5
  clocks; Clocks; Wall Clock | Alarm Clock | Mantel Clock; oak | steel; 46; 0.4; 0; 0.3; 1.4
Clothing: Loom & Larch | Petrel | Sundry Coat Co. | Marlowe Yarn | Bright Hem
  t-shirts; T-Shirts; T-Shirt | Striped T-Shirt | Pocket T-Shirt; cotton | hemp; 24; 0.3; 6; 1.2; 1.9
  jackets; Jackets; Rain Jacket | Field Jacket | Padded Jacket; nylon | waxed cotton; 129; 0.35; 10; 1.3; 1.5
  sweaters; Sweaters; Crew Sweater | Fisherman Sweater | Cardigan; merino | lambswool; 74; 0.3; 11; 1.5; 1.5
  trousers; Trousers; Chinos | Work Trousers | Cord Trousers; cotton | corduroy; 69; 0.3; 8; 0.4; 1.5
  scarves; Scarves; Scarf | Snood | Shawl; wool | silk; 36; 0.4; 11; 1.6; 1.6
Sport: Stridewell | Kinetto | Balance Works | Velora | Highmark
  running-shoes; Running Shoes; Road Shoes | Trail Shoes | Racing Flats; mesh | knit; 109; 0.3; 3; 0.9; 1.5
  yoga-mats; Yoga Mats; Yoga Mat | Travel Mat | Cork Mat; cork | natural rubber; 42; 0.35; 0; 0.9; 1.7
  dumbbells; Dumbbells; Dumbbell Pair 4 kg | Dumbbell Pair 8 kg | Kettlebell 12 kg; cast iron | vinyl; 39; 0.4; 0; 1.2; 1.7
  bottles; Water Bottles; Water Bottle 750 ml | Flask 500 ml | Sport Bottle 1 L; steel | tritan; 22; 0.3; 6; 0.8; 1.9
  helmets; Bike Helmets; Bike Helmet | Commuter Helmet | Trail Helmet; polycarbonate; 72; 0.4; 4; 1.1; 1.3
Garden: Greenspade | Rowan & Root | Thistledown | Mulberry Yard | Claypatch
  planters; Planters; Planter | Hanging Planter | Herb Pot; terracotta | zinc; 32; 0.45; 3; 1.3; 1.5
  trowels; Hand Tools; Hand Trowel | Weeding Fork | Pruner; steel and ash | bronze; 23; 0.35; 3; 1.3; 1.5
  seeds; Seeds; Wildflower Seeds | Tomato Seeds | Herb Seed Set; organic seed; 6; 0.35; 2; 1.8; 2; consumable
  barbecues; Barbecues; Kettle Barbecue | Table Grill | Fire Bowl; enamelled steel | cast iron; 159; 0.5; 5; 1.7; 1.7
  watering-cans; Watering Cans; Watering Can 5 L | Watering Can 9 L | Plant Mister; zinc | copper; 31; 0.35; 4; 1.2; 1.5
Play: Ludovine | Tumbletoft | Pip & Pebble | Owlmere Games | Kitewright
  board-games; Board Games; Board Game | Strategy Game | Family Game; card and wood; 36; 0.35; 11; 1.4; 1.5
  puzzles; Puzzles; Puzzle 500 Pieces | Puzzle 1000 Pieces | Wooden Puzzle; card | birch; 19; 0.3; 11; 1.2; 1.6
  blocks; Building Blocks; Building Blocks | Marble Run | Magnet Tiles; beech | bioplastic; 44; 0.4; 11; 1.3; 1.5
  plush; Plush; Plush Bear | Plush Fox | Plush Whale; plush cotton | wool felt; 24; 0.3; 11; 1; 1.6
  kites; Kites; Diamond Kite | Delta Kite | Stunt Kite; ripstop nylon | paper; 28; 0.4; 8; 1.2; 1.6
`

function list(text = ''): readonly string[] {
  return text.split(' | ')
}

function readCategory(department: string, line: string): Category {
  const [slug = '', name = '', nouns, materials, ...rest] = line.trim().split('; ')
  const [price = 0, spread = 0, peak = 0, swing = 0, elasticity = 0] = rest.map(Number)
  return {
    slug,
    name,
    department,
    nouns: list(nouns),
    materials: list(materials),
    price,
    spread,
    peak,
    swing,
    elasticity,
    consumable: rest[5] === 'consumable',
  }
}

interface Department {
  readonly name: string
  readonly brands: readonly string[]
  readonly categories: readonly Category[]
}

const DEPARTMENTS: readonly Department[] = TABLE.trim()
  .split(/\n(?=\S)/)
  .map((text) => {
    const [head = '', ...lines] = text.split('\n')
    const [name = '', brands] = head.split(': ')
    return { name, brands: list(brands), categories: lines.map((line) => readCategory(name, line)) }
  })

/** All 40 categories, department by department. */
export const CATEGORIES: readonly Category[] = DEPARTMENTS.flatMap(({ categories }) => categories)

export const DEPARTMENT_NAMES: readonly string[] = DEPARTMENTS.map(({ name }) => name)

/** All invented brands; the five of a department stand together. */
export const BRANDS: readonly string[] = DEPARTMENTS.flatMap(({ brands }) => brands)

/** Places in `BRANDS` of the brands that a department carries. */
export function brandsOf(department: string): readonly number[] {
  const first = DEPARTMENT_NAMES.indexOf(department) * 5
  return [first, first + 1, first + 2, first + 3, first + 4]
}

/** Colours of products, with the paint that the pictures use. */
export const COLOURS: readonly { readonly name: string; readonly paint: string }[] = [
  { name: 'moss green', paint: '#5f8a4c' },
  { name: 'slate blue', paint: '#4a6fa5' },
  { name: 'brick red', paint: '#b5523b' },
  { name: 'mustard', paint: '#d3a02c' },
  { name: 'charcoal', paint: '#4b5058' },
  { name: 'sand', paint: '#c4a57b' },
  { name: 'teal', paint: '#2f8f8b' },
  { name: 'plum', paint: '#7d4e83' },
  { name: 'coral', paint: '#e27b62' },
  { name: 'navy', paint: '#30466f' },
  { name: 'rose', paint: '#c96f8d' },
  { name: 'ochre', paint: '#b97a35' },
]

/**
 * Categories bought together, with the added log-odds of a purchase when one product of the first is
 * in the cart. Each works in the other direction with half the strength.
 */
export const COMPLEMENTS: readonly (readonly [string, string, number])[] = [
  ['cameras', 'memory-cards', 3],
  ['cameras', 'camera-bags', 2.4],
  ['cameras', 'lenses', 1.8],
  ['lenses', 'tripods', 1.6],
  ['tents', 'sleeping-bags', 2.8],
  ['tents', 'stoves', 2],
  ['backpacks', 'bottles', 1.8],
  ['boots', 'backpacks', 1.5],
  ['coffee-makers', 'coffee-beans', 3],
  ['coffee-makers', 'mugs', 2],
  ['pans', 'knives', 1.5],
  ['cushions', 'blankets', 2],
  ['lamps', 'clocks', 1.2],
  ['vases', 'planters', 1.2],
  ['jackets', 'scarves', 1.8],
  ['sweaters', 'trousers', 1.6],
  ['t-shirts', 'trousers', 1.5],
  ['running-shoes', 'bottles', 2],
  ['yoga-mats', 'dumbbells', 1.8],
  ['helmets', 'bottles', 1.4],
  ['planters', 'seeds', 2.8],
  ['planters', 'watering-cans', 2],
  ['seeds', 'trowels', 2],
  ['board-games', 'puzzles', 1.6],
  ['blocks', 'plush', 1.4],
]
