/** The paints of one picture: the colour of the product, darker and lighter, and a contrast. */
export interface Paints {
  readonly main: string
  readonly dark: string
  readonly light: string
  readonly contrast: string
}

type Glyph = (paints: Paints) => string

const line = (colour: string, width: number): string =>
  `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`

const OUTDOORS: Readonly<Record<string, Glyph>> = {
  tents: ({ main, dark, light, contrast }) =>
    `<path d="M120 48 212 184H28Z" fill="${main}"/><path d="M120 48 28 184h50Z" fill="${light}"/><path d="M120 84 160 184H80Z" fill="${dark}"/><path d="M120 84v100" ${line(contrast, 4)}/><path d="M120 48V34M28 184l-12 8M212 184l12 8" ${line(dark, 5)}/>`,
  'sleeping-bags': ({ main, dark, light, contrast }) =>
    `<path d="M78 52c0-30 84-30 84 0l-10 140c-2 18-62 18-64 0Z" fill="${main}"/><path d="M88 64c6-22 58-22 64 0v26H88Z" fill="${light}"/><rect x="98" y="62" width="44" height="20" rx="10" fill="#fff"/><path d="M84 112h72M86 138h68M88 164h64" ${line(dark, 4)}/><path d="M120 92v110" ${line(contrast, 4)}/>`,
  backpacks: ({ main, dark, light, contrast }) =>
    `<path d="M94 58c0-36 52-36 52 0" ${line(dark, 9)}/><rect x="64" y="54" width="112" height="142" rx="34" fill="${main}"/><rect x="50" y="112" width="22" height="66" rx="11" fill="${dark}"/><rect x="168" y="112" width="22" height="66" rx="11" fill="${dark}"/><path d="M64 96c30 22 82 22 112 0" ${line(light, 6)}/><rect x="84" y="126" width="72" height="50" rx="12" fill="${light}"/><path d="M92 144h56" ${line(dark, 4)}/><circle cx="120" cy="112" r="7" fill="${contrast}"/>`,
  boots: ({ main, dark, light, contrast }) =>
    `<path d="M80 48h56v70c6 18 60 16 64 48v14H80Z" fill="${main}"/><path d="M76 176h128v16H76z" fill="${dark}"/><path d="M80 48h56v18H80z" fill="${light}"/><path d="M110 84h30M112 102h30M120 120h28" ${line(contrast, 5)}/><path d="M164 134c-8 8-8 20-4 30" ${line(dark, 4)}/>`,
  stoves: ({ main, dark, light, contrast }) =>
    `<rect x="84" y="130" width="72" height="66" rx="14" fill="${main}"/><path d="M84 152h72" ${line(light, 8)}/><path d="M120 130v-18M70 104h100" ${line(dark, 8)}/><path d="M78 104 66 92M162 104l12-12" ${line(dark, 6)}/><path d="M120 96c-30-14-16-36-4-54 2 14 28 22 20 42-2 6-8 10-16 12Z" fill="${contrast}"/><path d="M120 94c-12-6-8-16-2-24 2 8 14 10 10 18-2 4-4 5-8 6Z" fill="#fff" opacity=".7"/>`,
}

const PHOTOGRAPHY: Readonly<Record<string, Glyph>> = {
  cameras: ({ main, dark, light, contrast }) =>
    `<path d="M92 76 102 58h36l10 18Z" fill="${dark}"/><rect x="40" y="74" width="160" height="106" rx="18" fill="${main}"/><path d="M40 104h160" ${line(light, 7)}/><circle cx="120" cy="130" r="40" fill="${dark}"/><circle cx="120" cy="130" r="28" fill="#1d232b"/><circle cx="120" cy="130" r="14" fill="${light}"/><circle cx="114" cy="123" r="5" fill="#fff"/><circle cx="178" cy="90" r="7" fill="${contrast}"/>`,
  lenses: ({ main, dark, light, contrast }) =>
    `<rect x="74" y="46" width="92" height="34" rx="8" fill="${dark}"/><rect x="66" y="76" width="108" height="84" rx="10" fill="${main}"/><path d="M80 92v52M96 92v52M112 92v52M128 92v52M144 92v52M160 92v52" ${line(dark, 4)}/><path d="M66 78h108" ${line(contrast, 5)}/><path d="M78 160h84l-6 34H84Z" fill="${dark}"/><ellipse cx="120" cy="46" rx="40" ry="9" fill="${light}"/>`,
  'memory-cards': ({ main, dark, light, contrast }) =>
    `<path d="M70 44h76l28 28v124a8 8 0 0 1-8 8H74a8 8 0 0 1-8-8V52Z" fill="${main}"/><path d="M84 54v26M102 54v26M120 54v26M138 54v26" ${line(contrast, 8)}/><rect x="80" y="104" width="80" height="74" rx="8" fill="${light}"/><path d="M92 126h56M92 144h56M92 162h30" ${line(dark, 5)}/>`,
  tripods: ({ main, dark, light, contrast }) =>
    `<path d="M120 92 66 204M120 92l54 112M120 92v112" ${line(main, 9)}/><path d="M92 150h56" ${line(dark, 5)}/><rect x="104" y="66" width="32" height="34" rx="8" fill="${dark}"/><rect x="88" y="46" width="64" height="22" rx="7" fill="${main}"/><path d="M136 82h40" ${line(dark, 6)}/><circle cx="178" cy="82" r="7" fill="${contrast}"/><path d="M98 57h44" ${line(light, 4)}/>`,
  'camera-bags': ({ main, dark, light, contrast }) =>
    `<path d="M56 96C64 26 176 26 184 96" ${line(dark, 8)}/><rect x="46" y="86" width="148" height="104" rx="20" fill="${main}"/><path d="M46 106a20 20 0 0 1 20-20h108a20 20 0 0 1 20 20v22H46Z" fill="${dark}"/><rect x="76" y="146" width="88" height="30" rx="8" fill="${light}"/><rect x="108" y="118" width="24" height="24" rx="6" fill="${contrast}"/>`,
}

const KITCHEN: Readonly<Record<string, Glyph>> = {
  'coffee-makers': ({ main, dark, light, contrast }) =>
    `<path d="M86 116h68l16 78H70Z" fill="${main}"/><path d="M82 58h76l-4 54H86Z" fill="${main}"/><path d="M82 58 66 66l18 16ZM86 108h68v12H86z" fill="${dark}"/><path d="M158 66h26l-8 42" ${line(dark, 9)}/><path d="M82 58c10-18 66-18 76 0Z" fill="${light}"/><circle cx="120" cy="40" r="8" fill="${contrast}"/><path d="M104 130l-6 56M120 130v56" ${line(light, 4)}/>`,
  'coffee-beans': ({ main, dark, light, contrast }) =>
    `<path d="M74 52h92l10 144H64Z" fill="${main}"/><path d="M74 52h92l-6-16H80Z" fill="${dark}"/><rect x="82" y="86" width="76" height="76" rx="38" fill="${light}"/><ellipse cx="108" cy="126" rx="13" ry="20" transform="rotate(-24 108 126)" fill="#5a3a26"/><path d="M103 112c10 8 0 20 10 28" ${line('#c9a27a', 3)}/><ellipse cx="136" cy="122" rx="12" ry="18" transform="rotate(28 136 122)" fill="#6d4730"/><path d="M141 108c-10 8 0 18-10 28" ${line('#c9a27a', 3)}/><path d="M86 66h68" ${line(contrast, 5)}/>`,
  pans: ({ main, dark, light, contrast }) =>
    `<rect x="158" y="108" width="70" height="16" rx="8" fill="${dark}"/><circle cx="98" cy="116" r="74" fill="${dark}"/><circle cx="98" cy="116" r="60" fill="${main}"/><path d="M62 92a44 44 0 0 1 40-20" ${line(light, 7)}/><circle cx="216" cy="116" r="4" fill="#fff"/><path d="M78 128c-4-22 20-34 38-22 22-2 26 30 4 36-16 12-40 6-42-14Z" fill="#fff"/><circle cx="100" cy="124" r="12" fill="#d3a02c"/><path d="M152 116h16" ${line(contrast, 7)}/>`,
  knives: ({ main, dark, light, contrast }) =>
    `<path d="M62 30c44 12 62 62 60 104H92V38Z" transform="rotate(14 100 80)" fill="#d9dee4"/><path d="M66 36c30 14 46 58 46 96" transform="rotate(14 100 80)" ${line('#fff', 4)}/><rect x="82" y="134" width="30" height="72" rx="12" transform="rotate(14 100 80)" fill="${main}"/><g transform="rotate(14 100 80)"><circle cx="97" cy="154" r="4" fill="${light}"/><circle cx="97" cy="182" r="4" fill="${light}"/><path d="M86 134h34" ${line(dark, 8)}/></g><circle cx="97" cy="168" r="4" transform="rotate(14 100 80)" fill="${contrast}"/>`,
  mugs: ({ main, dark, light, contrast }) =>
    `<path d="M158 104c50-10 50 64-4 58" ${line(dark, 13)}/><path d="M58 84h106v82c0 22-16 30-32 30H90c-16 0-32-8-32-30Z" fill="${main}"/><ellipse cx="111" cy="84" rx="53" ry="13" fill="${dark}"/><ellipse cx="111" cy="86" rx="44" ry="8" fill="#5a3a26"/><path d="M76 112v56" ${line(light, 8)}/><path d="M94 60c-10-12 10-18 0-32M122 60c-10-12 10-18 0-32" ${line(contrast, 5)}/>`,
}

const LIVING: Readonly<Record<string, Glyph>> = {
  lamps: ({ main, dark, light, contrast }) =>
    `<path d="M92 42h56l30 74H62Z" fill="${main}"/><path d="M92 42h20l-16 74H62Z" fill="${light}"/><path d="M120 116v70" ${line(dark, 8)}/><path d="M84 196c0-14 72-14 72 0Z" fill="${dark}"/><path d="M148 116v26" ${line(dark, 3)}/><circle cx="148" cy="146" r="5" fill="${contrast}"/>`,
  cushions: ({ main, dark, light, contrast }) =>
    `<path d="M52 52c44 14 92 14 136 0 10 0 14 6 12 14-10 38-10 78 0 112 2 8-4 14-12 12-44-12-92-12-136 0-8 2-14-4-12-12 10-34 10-74 0-112-2-8 2-14 12-14Z" fill="${main}"/><path d="M76 72c30 8 58 8 88 0M76 172c30-8 58-8 88 0" ${line(light, 5)}/><path d="m120 88 30 34-30 34-30-34Z" fill="${light}"/><path d="m120 104 16 18-16 18-16-18Z" fill="${contrast}"/><path d="M48 60l-8-10M192 60l8-10M48 184l-8 10M192 184l8 10" ${line(dark, 5)}/>`,
  blankets: ({ main, dark, light, contrast }) =>
    `<rect x="44" y="136" width="152" height="44" rx="20" fill="${dark}"/><rect x="44" y="98" width="152" height="44" rx="20" fill="${main}"/><rect x="44" y="60" width="152" height="44" rx="20" fill="${light}"/><path d="M72 60v44M92 60v44M72 98v44M92 98v44M72 136v44M92 136v44" ${line(contrast, 5)}/><path d="M150 180v16M162 180v16M174 180v16" ${line(dark, 4)}/>`,
  vases: ({ main, dark, light, contrast }) =>
    `<path d="M120 84V30M120 70C98 62 94 44 96 34M120 62c20-6 26-22 24-34" ${line('#5f8a4c', 5)}/><circle cx="120" cy="30" r="12" fill="${contrast}"/><circle cx="94" cy="36" r="9" fill="${contrast}"/><circle cx="146" cy="30" r="9" fill="${contrast}"/><path d="M102 80h36c-4 22 34 36 34 72 0 30-20 46-34 48h-36c-14-2-34-18-34-48 0-36 38-50 34-72Z" fill="${main}"/><path d="M86 150c0-18 10-28 18-36" ${line(light, 8)}/><path d="M72 168h96" ${line(dark, 5)}/>`,
  clocks: ({ main, dark, light, contrast }) =>
    `<circle cx="120" cy="120" r="82" fill="${main}"/><circle cx="120" cy="120" r="66" fill="#fff"/><path d="M120 62v10M120 168v10M62 120h10M168 120h10" ${line(dark, 6)}/><path d="M120 120V82" ${line('#30353c', 8)}/><path d="m120 120 30 18" ${line('#30353c', 6)}/><path d="m120 120-26 34" ${line(contrast, 3)}/><circle cx="120" cy="120" r="7" fill="${dark}"/><path d="M66 66a76 76 0 0 1 40-20" ${line(light, 5)}/>`,
}

const CLOTHING: Readonly<Record<string, Glyph>> = {
  't-shirts': ({ main, dark, light, contrast }) =>
    `<path d="M88 46 40 70l18 46 22-10v90h80v-90l22 10 18-46-48-24c-8 22-56 22-64 0Z" fill="${main}"/><path d="M88 46c8 22 56 22 64 0" ${line(dark, 6)}/><path d="M80 130h80M80 150h80" ${line(light, 8)}/><rect x="130" y="86" width="20" height="22" rx="3" fill="${contrast}"/>`,
  jackets: ({ main, dark, light, contrast }) =>
    `<path d="M92 44 48 66 32 176l30 6 14-62v78h88v-78l14 62 30-6-16-110-44-22Z" fill="${main}"/><path d="M92 44c0 26 56 26 56 0l-10-12h-36Z" fill="${dark}"/><path d="M120 64v134" ${line(contrast, 5)}/><path d="M86 150h22M132 150h22" ${line(dark, 6)}/><path d="M76 120V96M164 120V96" ${line(light, 4)}/>`,
  sweaters: ({ main, dark, light, contrast }) =>
    `<path d="M92 48 50 68 30 174l28 8 20-60v74h84v-74l20 60 28-8-20-106-42-20Z" fill="${main}"/><path d="M92 48c6 20 50 20 56 0" ${line(dark, 9)}/><path d="M78 186h84M30 172l28 9M210 172l-28 9" ${line(dark, 9)}/><path d="m78 112 14-14 14 14 14-14 14 14 14-14 14 14" ${line(light, 6)}/><path d="m78 134 14-14 14 14 14-14 14 14 14-14 14 14" ${line(contrast, 5)}/>`,
  trousers: ({ main, dark, light, contrast }) =>
    `<path d="M76 40h88l14 162h-42l-16-108-16 108H62Z" fill="${main}"/><path d="M76 40h88l2 20H74Z" fill="${dark}"/><path d="M120 60v36" ${line(dark, 4)}/><path d="M82 64c0 16-4 20-12 24M158 64c0 16 4 20 12 24" ${line(light, 4)}/><circle cx="120" cy="50" r="5" fill="${contrast}"/><path d="M64 190h40M136 190h40" ${line(light, 4)}/>`,
  scarves: ({ main, dark, light, contrast }) =>
    `<path d="M60 76C60 20 180 20 180 76c0 30-22 48-60 48S60 106 60 76Z" fill="${main}"/><path d="M84 74c0-26 72-26 72 0 0 16-20 22-36 22s-36-6-36-22Z" fill="${dark}"/><path d="M64 88c24 26 88 26 112 0" ${line(light, 5)}/><path d="M92 112h44l-12 88H80Z" fill="${main}"/><path d="m128 114 34-8 20 78-38 10Z" fill="${dark}"/><path d="M88 142h44M86 158h44M83 180h42" ${line(contrast, 6)}/><path d="m138 140 34-9M145 164l34-9" ${line(light, 5)}/><path d="M84 202v12M95 202v12M106 202v12M117 202v12M148 196l3 11M160 193l3 11M172 190l3 11" ${line(dark, 4)}/>`,
}

const SPORT: Readonly<Record<string, Glyph>> = {
  'running-shoes': ({ main, dark, light, contrast }) =>
    `<path d="M36 96c14 10 30 4 36-14 22 6 44 28 66 44 26 8 68 10 70 42H36Z" fill="${main}"/><path d="M34 160h176c2 18-6 24-20 24H48c-12 0-16-10-14-24Z" fill="#fff"/><path d="M34 172h176" ${line(dark, 5)}/><path d="m92 100 12-12M106 112l12-12M120 124l12-12" ${line(light, 6)}/><path d="M44 140c30 14 70 14 92-4" ${line(contrast, 7)}/>`,
  'yoga-mats': ({ main, dark, light, contrast }) =>
    `<path d="M72 70h130l-22 122H40Z" fill="${light}"/><path d="M60 128h132M52 168h132" ${line(main, 4)}/><rect x="48" y="46" width="158" height="52" rx="26" fill="${main}"/><circle cx="74" cy="72" r="26" fill="${dark}"/><circle cx="74" cy="72" r="16" fill="${main}"/><circle cx="74" cy="72" r="7" fill="${dark}"/><path d="M124 46v52M172 46v52" ${line(contrast, 7)}/>`,
  dumbbells: ({ main, dark, light, contrast }) =>
    `<path d="M60 120h120" ${line('#8b939c', 16)}/><path d="M98 112h44" ${line('#c8ced5', 4)}/><rect x="58" y="70" width="28" height="100" rx="10" fill="${main}"/><rect x="154" y="70" width="28" height="100" rx="10" fill="${main}"/><rect x="32" y="84" width="24" height="72" rx="9" fill="${dark}"/><rect x="184" y="84" width="24" height="72" rx="9" fill="${dark}"/><path d="M68 84v44M164 84v44" ${line(light, 6)}/><path d="M72 154h0M168 154h0" ${line(contrast, 9)}/>`,
  bottles: ({ main, dark, light, contrast }) =>
    `<rect x="100" y="30" width="40" height="30" rx="8" fill="${dark}"/><path d="M140 40c24-2 24 26 6 28" ${line(dark, 6)}/><path d="M94 60h52c20 14 22 26 22 42v82c0 14-8 22-20 22H92c-12 0-20-8-20-22v-82c0-16 2-28 22-42Z" fill="${main}"/><path d="M88 102v80" ${line(light, 9)}/><path d="M72 140h96v26H72z" fill="${contrast}"/><path d="M110 153c8-10 12 10 20 0" ${line('#fff', 4)}/>`,
  helmets: ({ main, dark, light, contrast }) =>
    `<path d="M34 142c0-62 44-92 92-92 46 0 80 36 82 92Z" fill="${main}"/><path d="M60 128c4-34 28-56 58-62M104 130c0-26 14-46 34-58M150 130c0-22 2-34 12-46" ${line(dark, 12)}/><path d="M30 142h182c4 16-4 22-16 22H48c-14 0-20-8-18-22Z" fill="${dark}"/><path d="M72 164c6 24 24 36 44 38M160 164c-4 22-20 36-44 38" ${line(light, 6)}/><circle cx="116" cy="203" r="7" fill="${contrast}"/>`,
}

const GARDEN: Readonly<Record<string, Glyph>> = {
  planters: ({ main, dark, light, contrast }) =>
    `<path d="M120 116C76 112 60 84 58 54c38 4 62 26 62 62Z" fill="#5f8a4c"/><path d="M120 116c40-6 60-36 62-66-40 4-62 30-62 66Z" fill="#7aa562"/><path d="M120 116C104 88 108 52 120 28c14 24 16 60 0 88Z" fill="#6b974f"/><path d="M66 124h108l-14 80H80Z" fill="${main}"/><rect x="58" y="112" width="124" height="24" rx="6" fill="${dark}"/><path d="m88 150 6 40" ${line(light, 7)}/><circle cx="120" cy="168" r="10" fill="${contrast}"/>`,
  trowels: ({ main, dark, light, contrast }) =>
    `<g transform="rotate(38 120 120)"><path d="M92 116c0-6 56-6 56 0v38c0 34-22 52-28 60-6-8-28-26-28-60Z" fill="#c3cad2"/><path d="M120 128v60" ${line('#8b939c', 4)}/><path d="M120 118V90" ${line('#8b939c', 9)}/><rect x="106" y="20" width="28" height="72" rx="14" fill="${main}"/><path d="M114 36v38" ${line(light, 5)}/><path d="M106 82h28" ${line(dark, 6)}/><circle cx="120" cy="32" r="4" fill="${contrast}"/></g>`,
  seeds: ({ main, dark, light, contrast }) =>
    `<rect x="64" y="40" width="112" height="160" rx="8" fill="${main}"/><path d="M64 64h112" ${line(dark, 5)}/><rect x="80" y="80" width="80" height="92" rx="8" fill="${light}"/><path d="M120 162v-44" ${line('#5f8a4c', 5)}/><path d="M120 146c-18 0-24-10-26-20 16 0 24 8 26 20ZM120 138c16-2 22-10 24-20-16 2-22 10-24 20Z" fill="#6b974f"/><g fill="${contrast}"><circle cx="120" cy="94" r="8"/><circle cx="108" cy="104" r="8"/><circle cx="132" cy="104" r="8"/><circle cx="114" cy="116" r="8"/><circle cx="126" cy="116" r="8"/></g><circle cx="120" cy="106" r="7" fill="#fff"/><path d="M84 186h72" ${line(light, 5)}/>`,
  barbecues: ({ main, dark, light, contrast }) =>
    `<path d="m88 140-24 66M152 140l24 66M120 146v34" ${line(dark, 8)}/><path d="M52 112h136c0 36-32 50-68 50s-68-14-68-50Z" fill="${main}"/><path d="M56 100c0-64 128-64 128 0Z" fill="${main}"/><path d="M78 84c8-18 24-24 38-24" ${line(light, 7)}/><rect x="46" y="98" width="148" height="14" rx="7" fill="${dark}"/><rect x="106" y="42" width="28" height="12" rx="6" fill="${dark}"/><path d="M96 134h48" ${line(contrast, 7)}/>`,
  'watering-cans': ({ main, dark, light, contrast }) =>
    `<path d="M86 84c4-50 74-50 76 4 30 8 32 60 0 72" ${line(dark, 9)}/><path d="M76 84h88v92c0 14-8 20-20 20H96c-12 0-20-6-20-20Z" fill="${main}"/><path d="M78 164 34 98l-14 10" ${line(main, 13)}/><path d="m42 84-30 22" ${line(dark, 9)}/><path d="M94 104v66" ${line(light, 8)}/><ellipse cx="120" cy="84" rx="44" ry="10" fill="${dark}"/><g fill="${contrast}"><circle cx="12" cy="128" r="4"/><circle cx="22" cy="140" r="4"/><circle cx="8" cy="150" r="4"/></g>`,
}

const PLAY: Readonly<Record<string, Glyph>> = {
  'board-games': ({ main, dark, light, contrast }) =>
    `<rect x="34" y="78" width="128" height="128" rx="10" fill="${dark}"/><g fill="${light}"><path d="M46 90h26v26H46zM98 90h26v26H98zM72 116h26v26H72zM124 116h26v26h-26zM46 142h26v26H46zM98 142h26v26H98zM72 168h26v26H72zM124 168h26v26h-26z"/></g><path d="M164 58a20 20 0 1 1 16 0c2 22 22 34 24 64h-64c2-30 22-42 24-64Z" fill="${main}"/><rect x="134" y="120" width="76" height="16" rx="8" fill="${contrast}"/>`,
  puzzles: ({ main, dark, light, contrast }) =>
    `<path d="M44 60h52c-10-30 38-30 28 0h52v52c30-10 30 38 0 28v52h-52c10-28-38-28-28 0H44v-52c28 10 28-38 0-28Z" fill="${main}"/><path d="M60 76h26M60 76v22" ${line(light, 7)}/><path d="M44 192h52M124 192h52v-20" ${line(dark, 5)}/><rect x="150" y="34" width="50" height="50" rx="8" transform="rotate(18 175 59)" fill="${contrast}"/><circle cx="175" cy="59" r="10" fill="#fff"/>`,
  blocks: ({ main, dark, light, contrast }) =>
    `<rect x="36" y="124" width="80" height="76" rx="8" fill="${main}"/><rect x="124" y="124" width="80" height="76" rx="8" fill="${dark}"/><rect x="82" y="42" width="78" height="76" rx="8" fill="${contrast}"/><circle cx="76" cy="162" r="20" fill="${light}"/><path d="M164 142l20 38h-40Z" fill="${light}"/><path d="M104 64h34v34h-34z" fill="#fff" opacity=".8"/>`,
  plush: ({ main, dark, light, contrast }) =>
    `<circle cx="82" cy="66" r="22" fill="${dark}"/><circle cx="158" cy="66" r="22" fill="${dark}"/><ellipse cx="120" cy="164" rx="52" ry="44" fill="${main}"/><ellipse cx="120" cy="170" rx="30" ry="28" fill="${light}"/><circle cx="120" cy="92" r="50" fill="${main}"/><ellipse cx="120" cy="108" rx="22" ry="17" fill="${light}"/><circle cx="102" cy="84" r="6" fill="#1d232b"/><circle cx="138" cy="84" r="6" fill="#1d232b"/><ellipse cx="120" cy="102" rx="8" ry="6" fill="#1d232b"/><path d="M98 140c12 10 32 10 44 0" ${line(contrast, 9)}/><circle cx="68" cy="180" r="18" fill="${dark}"/><circle cx="172" cy="180" r="18" fill="${dark}"/>`,
  kites: ({ main, dark, light, contrast }) =>
    `<path d="M138 24 196 92l-84 62-30-86Z" fill="${main}"/><path d="M138 24 196 92l-62-8Z" fill="${light}"/><path d="m82 68 52 16-22 70Z" fill="${dark}"/><path d="M138 24l-26 130M82 68l114 24" ${line('#fff', 3)}/><path d="M112 154c-30 14 16 26-14 40s-40-6-58 12" ${line(dark, 4)}/><path d="m92 164 16 12-2-18ZM94 190l16 8-6-18ZM56 190l6 18 10-16Z" fill="${contrast}"/>`,
}

/** One simple picture per category on a canvas of 240 × 240, by the slug of the category. */
export const GLYPHS: Readonly<Record<string, Glyph>> = {
  ...OUTDOORS,
  ...PHOTOGRAPHY,
  ...KITCHEN,
  ...LIVING,
  ...CLOTHING,
  ...SPORT,
  ...GARDEN,
  ...PLAY,
}
