/**
 * Ordinary English words that a Qwen3 tokenizer reads as one token each, when a space stands before them.
 *
 * Qwen's pre-tokenizer cuts a text before every space that is followed by letters and never merges across a cut, so
 * `" word".repeat(n)` is n tokens whatever the words are: a prompt of exactly N tokens needs no tokenizer.
 *
 * @module
 */

/**
 * The words, 3 to 6 lower-case letters each, in alphabetical order.
 *
 * There are 4,096 so that two prompts drawn from different ids agree in their first word, and thus share one token
 * of prefix by accident, only once in 4,096 times.
 */
export const words: readonly string[] = `
abide able aboard about above abroad abrupt absent absorb absurd accent accept access accord ace acid acids
acre acres across act acted acting action active actor actors acts actual acute adapt add added adding adds
adhere adjust admire admit admits ado adopt adorn ads adult adults advent advert advice advise aerial affect
affirm afford afraid after again age aged agency agenda agent agents ages aging ago agree agreed agrees ahead
aid aide aides aids ail aim aimed aiming aims air aired aisle akin alarm albeit album albums alert alerts
alias alien aliens align alike alive all alley allied allies allow allows alloy ally almost alone along alpha
also altar alter alto always amazed amen amend amid among amount amp ample anchor and angel angels angle
angles ani animal ankle annex annoy annual answer ant anthem any anyone anyway apart appeal appear append
apple apples apply apt arc arcade arch are area areas arena argue argued argues aria arise arises ark arm
armor arms aroma arose around array arrays arrive arrow arrows art artist arts ash aside ask asked asking asks
asleep aspect assert assess asset assets assign assist assort assume assure ate atom atomic atoms attach
attain attend audio audit aunt aura author auto autos autumn avail avid avoid avoids await awake awaken award
awards aware away awe awful awhile axe axes axis baby back backed backs bacon bad badge badly bags bail bake
baked baking ballot bamboo ban banana band bands bank banks banned banner bans bar bard bare barely bark barn
barred barrel bars base based bases bash basic basics basis basket bat batch bath baths bats batter baud bay
beach beacon beads beam beams bean beans bear beard bears beauty became become bee beef been bees beet before
beg began begin begins behalf behave behind behold being beings belie belief bell belly belong below belt
belts bench bend bent beside best bet beta bets better beyond bias biased biases bib bid bids big bigger bike
bikes bill billed bills bin binary bind binder binds bins bird birds birth bit bites bitmap bits blade blades
bland blank blast blend blends bless blink bliss blob bloc block blocks blog blogs blond blonde bloom blue
blues blunt blur board boards boast boasts boat boats bob body bog boil boiler bold bolt bolts bond bonds
bonus boo book booked books boom boost boot booth boots border bore bored boring born borrow boss bosses both
bother bottle bottom bought bounce bound bounds bounty bout bow box boxes boxing brace braces brag brain
brains brake brakes bran branch brand brands brave breach bread break breaks breath bred breeze brew brick
bricks bride bridge brief bright bring brings broad broke broken broker bronze broth brow brown brows browse
brush bubble buck bucket bucks bud buddy budget buff buffer bug bugs build builds built bulb bulbs bulk bull
bump bumper bunch bundle bunk burden bureau burger burst bus buses busy but buy buyer buyers buying buys buzz
bye byte bytes cab cabin cable cables cache cached caches cad cage cake cakes call called caller calls calm
cam came camel camera camp camps campus can cancel candid candle candy cannot canon cans cant canvas cap caps
car carbon card cards care cared career cares cargo caring carp carpet carry cars cart carved case cases cash
cast caster castle casts casual cat catch cater cats cattle caught causal cause caused causes cave cavity
cease ceased cell cells cement censor census cent center cents chain chains chair chairs chalk champ chance
chant chaos chap charge charm chars chart charts chase chat chats cheap cheat check checks cheek cheeks cheer
cheese chef chefs chess chest chew chi chief child chili chill chin china chip chips choice choose chop chord
chords chore chorus chose chosen chrome chuck chunk chunks cinema cipher circa circle cite cited cites cities
citing citrus city civic civil claim claims clam clamp clan clang clash clause claw clay clean cleans clear
clears clerk clever click clicks client cliff climb clinic clip clips clock clocks clone close closed closes
closet cloth cloud clouds club clubs clue clues clutch coach coal coast coat coated coats cob cod code coded
codes coding coffee coil coin coins cold collar color colors column comb combat come comedy comes comic comics
coming comma commit common comply cone confer cons convey cook cooked cookie cool cooler cooper cope copied
copies copper copy coral cord core cores corn corner corps corpus cortex cosmic cost costly costs cot cotton
couch cough could count counts county course cover covers covert cows cozy crab cracks craft crafts crank
crate crawl cream create credit creep crew crews cries crisp critic crop crops cross crow crowd crowds crown
crude cruise crunch crust crypt cub cube cubes cubic cue cues cup cups curb cure curl curry cursor curt curve
curved curves custom cut cute cuts cycle cycles dad daddy daemon daily dairy damage damp dance danger dare
daring dark darker dart dash data date dated dates dating datum dawn day days deal dealer deals dealt dear
debate debit debris debt debts debug debut decade decay decent decide deck decks decode deduct deed deeds
deemed deep deeper deeply deer defeat defect defend defer define degree delay delays delete delta demand
demise den denial denied denies dens dense dent dental deny depart depend depict deport depot depth depths
derive desert design desire desk detach detail detain detect deter device devise devote dial dialog diary dice
did differ dig digest digit digits dim dims din dining dinner dire direct disc disco discs dish dishes disk
disks ditch dive diver divers divert divide divine diving dock doctor dodge does dog dogs doing doll dollar
domain dome don donate done donor donors doom doomed door doors dos dose doses dot dots dotted double doubt
doubts dough dove down downs dozen dozens draft drag dragon drain drama drank draw drawer drawn draws dread
dream dreams dress drew dried drift drill drills drink drinks drive driven driver drives drone drones drop
drops drove drum drums dry dryer drying dual dub dubbed duck duct due dug dump dumped duo during dust duties
duty dwell dye each eager ear early earn earned ears earth ease easier easily easing east easy eat eaten
eating eats echo echoed edge edges edit edited editor edits effect effort egg eggs ego eight eighth either
elbow elder elect eleven elf elite elites elm else email emails embed emerge emit empire employ empty enable
enact encode encore end ended ending ends endure energy engage engine enjoy enjoys enough enrich enroll ensure
enter enters entire entry envoy enzyme epic epoch epochs equal equals equip equity era erase err error errors
erupt escape essay essays estate ether ethics ethnic eve even evenly event events ever every evolve exact exam
exams exceed excel except excess excuse exempt exert exist exists exit exited exits exotic expand expect
expend expert expire expiry export expose extend extent extra extras eye eyes fabric face faced faces facet
facile facing fact factor facts fade faded fading fail failed fails faint fair fairly fairy faith fake fall
fallen falls false fame family famous fancy fans far fare farm farmer farms fast faster fate father fats fatty
fault faults faulty favor favors feast feat fed fee feed feeder feeds feel feels fees feet fell fellow felt
fen fence ferry fetch feud fever few fewer fib fiber fibers field fields fifth fifty fig figure file filed
files filing fill filled filler fills film filmed films filter fin final finale finals find finds fine fined
fines finest finger finish finite fir fire fired fires firing firm firmly firms first fiscal fish fit fits
fitted five fix fixed fixes fixing flag flags flash flask flat flavor flaw flawed flaws fleet flew flex flick
flies flight flip flirt float floats flock flood floor floors floral flour flow flower flown flows flu fluent
fluid fluids flush flux fly flying foam focal focus foe foes fog foil fold folded folder folk folks follow
fond font fonts food foods foot for force forced forces ford fore forest forge forged forget forgot fork form
formal format formed former forms fort forth forty forum forums fossil foster found four fourth fox frame
framed frames frank free freed freely freeze french fresh fret fried friend fries fright fringe from front
frost frozen fruit fruits fry fuel fueled fuels full fully fun fund funded funds funny fuse fusion future
fuzzy gadget gain gained gains gal galaxy gall gallon game gamer games gaming gamma gap gaps garage garden
garlic gas gases gate gates gather gauge gave gaze gear geared gears gee gel geld gem gems gender gene genes
genius genre genres gent gentle gently get gets giant giants gift gifted gifts gig gin ginger give given gives
giving glad glance global globe glory gloss glove gloves glow glue glut goal goals goat goes going gold golden
golf gone good goods gospel gossip got gotten govern grab grabs grace grade grades grain grains gram grams
grand grant grants graph graphs grasp gray great green greens greet grew grey grid grids grill grim grin grip
grit groom groove ground group groups grow grown grows growth grunt guard guards guess guest guests guide
guided guides guild guilt guitar gulp gum guru gust guy guys gym habit habits had hair half hall halls halt
ham hammer hand handed handle hands handy happen happy harbor harder hardly has hash hashed hashes hassle hat
hats haul have haven having hay hazard head headed header heads heal health heap hear heard hears heart hearts
heat heated heater heaven heavy hedge heels height heir held hello helm helmet help helped helper helps hem
hen hence her herb herbs herd here hereby herein hero heroes heroic hers hes hey hid hidden hide hides hiding
high higher highly highs hike hiking hill hills him hind hinder hint hints hire hired hiring his hitch hits
hobby hockey hog hold holder holds hollow home homes hone honest honey honor honors hood hooked hooks hop hope
hoped hopes hoping hops horn horse horses host hosted hosts hot hotel hotels hour hourly hours house housed
houses hover how hub hue hug huge hugely huh hull hum human humans humble humor hung hunt hunter hurry hybrid
ice icon icons idea ideal ideals ideas idle idol ignore ill image images immune impact impair imply import
impose inch inches income indeed indent index indict indoor induce infer influx info inform inject ink inn
inner inning input inputs ins insect insert inside insist insult intact intake intend intent inter intern into
invent invert invest invite invoke ion ire iron ironic irony island issue issued issues item items its itself
jack jacket jam jar jaw jazz jeans jelly jersey jet jets job jobs jog join joined joins joint joints joke
jokes joking joy juice juicy jump jumped jumps jungle junior junk just keen keep keeper keeps ken kept kernel
key keys kick kicked kicks kid kids kin kind kinda kindly kinds king kings kit kits knee knees knew knight
knit knives knock knot know known knows lab label labels labor labs lace lack lacked lacks lad ladder lag laid
lain lake lakes lamb lamp lamps land landed lands lane lanes laps large larger laser last lasted lasts latch
late lately latent later latest latex latter laugh laughs launch lava law lawful lawn laws lawyer lay layer
layers laying layout lays lazy lead leader leads leaf league leak leaked leaks lean leaned leap learn learns
learnt lease least leave leaves led ledger leer left legacy legal legend lemon lend length lens lenses lent
less lesser lesson let lets letter level levels lever liable lid lie lied lies lieu life lift lifted lifts
light lights like liked likely liken likes liking limb limbs lime limit limits line linear lined linen liner
lines linger lining link linked links lint lion lip lips liquid list listed listen lists lit liter litter
little live lived lively liver lives livest living load loaded loader loads loan loans lob lobby local locale
locals locate lock locked locker locks loft log logged logger logic logo logs lone lonely long longer look
looked looks loop loops loose loot lord lore lose loses losing loss losses lost lot lots loud loudly lounge
love loved lovely lover lovers loves loving low lower lowest loyal luck lucky lug lunar lunch lung lungs lure
lush luxury lying lymph lyrics made magic magnet mail main mainly major majors make maker makers makes makeup
making malign mall malt man manage mane mange manner mans manual many map maple mapped mapper maps mar marble
march mare margin marine mark marked marker market marks marry mars marsh mart marvel mask masked masks masses
mast master mat match mates math matrix matt matter mature maxim may maybe mayor maze meal meals mean means
meant meat medal medals media median medium meet meets melt melted member memo memoir memory men mend mentor
menu menus mercy mere merely merge merged merger merit merits mesh mess messy met metal metals meteor meter
meters method metric metro mice middle midst might mighty mild mile miles milk mill mills mime mimic mind
minds mine miner miners mines mining minor minors mint minus minute mirror misery miss missed misses mist mitt
mix mixed mixer mixing mobile mod modal mode model models modern modes modest modify module moist mold mom
moment moms money monkey month months moo mood moon moral more mortar most mostly mother motif motion motive
motor motors mount mounts mourn mouse mouth move moved moves movie movies moving much mud mug multi mum muscle
muse museum mush music muss must mutual myriad myself myth myths nag nail nails naive name named namely names
naming nap narrow nation native nature naval navy near nearby nearly neat neck need needed needle needs neon
nerve nerves nest nested net nets neural neuron never new newer newest newly news next nice nicely niche nick
nickel night nights nil nine ninth nit noble nobody nod nodded node nodes noise noises noisy non none noon nor
norm normal norms north nose not notch note noted notes notice notify noting notion noun nova novel novels now
null numb number nurse nurses nylon oak oath obey object obsess obtain occupy occur occurs ocean oceans odd
odds odor off offer offers office offset often oil oils okay old older oldest olive omega omit once one ones
onion onions only onset onto opaque open opened opener openly opens opera oppose opt opted option opts oracle
orange orbit order orders organs orient origin orphan other others ought ounce ounces our ours out outer
outfit outlet output outs oven over overly overs overt owe owed owing owl own owned owner owners owning owns
oxide oxygen pace pack packed packet packs pad padded paddle pads page pager pages paging paid pair paired
pairs pal palace pale palm pan pandas pane panel panels pant pants pap paper papers par parade parcel pare
parent parish parity park parked parks pars part partly parts party passed passer passes past pasta paste pat
patch patent path paths patio patrol patron pause paused pay paying pays peace peak peaks peanut pear peas
pedal peek peel peer peers peg pen pencil pend penny pens people pepper per perch peril period perks permit
person pert pest pet petrol pets phase phases phone phones photo photos phrase physic piano pick picked pickle
picks pickup picnic pie piece pieces pier pile piles pill pillow pills pilot pilots pin pinch pine pink pinned
pins pint pipe pipes pit pitch pity pivot pizza place placed places plain plan plane planes planet plans plant
plants plasma plate plates play played player plays plea please pled pledge plenty plot plots plug plum plural
plus ply pocket pod podium pods poem poems poet poetry point points poised poker polar pole poles police
policy polish polite poll polls pond ponder pony pool pools poor poorly pop pops porch pork port portal ports
pose posed poses posing post postal posted poster posts potato potent pots pouch pound pounds pour poured
powder power powers praise pray prayer prefer prefix press pretty price priced prices pride prim prime primer
primes prince print prints prior prize prizes pro prod profit prom prompt prone proof prop proper props pros
proud prove proved proven proves prow proxy pseudo pub public puck pull pulled pulls pulse pump pumps pun punk
punt pup pupils puppet puppy pure purely purge purity purple purse pursue push pushed pushes put puts puzzle
python quarry quart quartz queen query quest quests queue queued queues quick quiet quit quite quiz quota
quote quoted quotes rabbit rack radar radial radio radius raft rag rail rails rain raise raised raises rally
ramp ran ranch random rang range ranged ranges rank ranked ranks ransom rant rap rare rarely rarity rash
raster rate rated rates rather rating ratio ratios raw ray rays razor reach react read reader reads ready real
really realm reap rear reason recall recap recent recess recipe record recurs red redeem redo redraw reduce
reel refer refers refine reflex reform refund refuse regain regard region regret reign rein reject relate
relax relay relent relied relief relies reload rely remain remake remark remedy remind remote remove rename
rend render renew renown rent rental rented reopen repair repay repeal repeat replay reply report rescue
resent reset reside resign resist resort rest rests result resume retail retain retire retry return reuse rev
reveal revel revert review revive reward rhythm rib ribbon ribs rice rich richer rid ride rider riders rides
ridge riding rig right rights rigid rim ring rings ripe rise risen rises rising risk risks risky ritual rival
rivals river rivers road roads roast rock rocket rocks rocky rod rode rods role roles roll rolled roller rolls
roman roof rookie room rooms root rooted roots rope rose roster rotate rough round rounds rout route router
routes row rows royal rpm ruby rue rug rugby rugged rule ruled ruler rules ruling rumor rumors run runner runs
runway rural rush rushed rust rustic rut saber sac sacred safe safely safer safety sag saga sage said sail
saint sake salad salary sale sales salmon salon salt same sample sand sang sanity sap sat sauce sauna save
saved saves saving saw say saying says scalar scale scaled scales scan scans scarce scene scenes scent scheme
school scoop scope scoped scopes score scored scores scout scram screen script scroll scrub sea seal sealed
seals seam search seas season seat seated seats sec second secret sect sector secure sedan see seed seeds
seeing seek seeks seem seemed seems seen sees seize seized seldom select self sell seller sells send sender
sends senior sense senses sensor sent sequel sera serial series serum serve served server serves set sets
setter settle seven sever severe sew sewing shade shades shadow shaft shake shall shape shaped shapes share
shared shares shark sharp she shed sheep sheer sheet sheets shelf shells shield shift shifts shine shiny ship
ships shirt shirts shock shoe shoes shook shop shops shore short shorts should shout show showed shower shown
shows shrimp shrink shut shy sic sick side sides sigh sighed sight sights sigma sign signal signed signs
silent silk silly silver simple simply since sine sing singer single sink sinks sip sir sister sit site sites
sits six sixth sixty size sized sizes skate sketch skew ski skies skin skins skip skirt sky slab slate slated
sleek sleep sleeve slept slew slice sliced slices slide slides slight slip slog slogan slope slopes slot slots
slow slowed slower slowly small smart smell smells smile smiled smiles smoke smoked smooth snack snacks snake
snakes snap snaps sneak sniff snow soap soccer social sock socket socks sod soda sodium sofa soft softly soil
solar sold sole solely solid solo solve solved some son song songs sons soon sooner sore sorrow sorry sort
sorted sorts sought soul souls sound sounds soup sour source south sow spa space spaces span spans spare spark
spawn speak speaks spear speech speed speeds spell spells spend spends spent sphere spider spikes spill spin
spinal spine spins spiral spirit spite splash split splits spoke spoken spokes spoon sport sports spot spots
spouse spray spread spring sprint spun spur squad square squash squat stack stacks staff stage staged stages
stain stair stairs stakes stale stalk stall stamp stamps stance stand stands staple star stare stared stark
stars start starts state stated states static statue status stay stayed stays steady steak steam steel steep
steer stem stems step steps stereo stern stick sticks stigma still sting stir stock stocks stole stolen stone
stones stood stop stops store stored stores storm storms story stove strain strand straw streak stream street
stress stride strike string strive stroke strong struck stub stuck stud studio study stuff stunt sturdy style
styled styles sub submit subs subset subtle suburb subway such sudden suffix sugar suit suite suited suites
suits sum summer summit summon sums sun sung sunny sunset sup super superb supers supply sure surely surf
surge survey swap sweep sweet swept swift swim swing swings swipe sworn symbol syntax syrup system tab table
tables tablet tabs tack tackle tact tactic tag tagged tags tail tailor take taken takes taking tale talent
tales talk talked talks tall taller tally tan tang tank tanks tap tape taper tapes tapped tar target tart task
tasked tasks taste tastes tasty taught tax taxes taxi tea teach team teams teas tee teen teens teeth tell
tells temper temple tempo tempt ten tenant tend tended tender tends tennis tens tent tenth tenure term terms
terse test tested tester tests text texts than thank thanks that the thee their theirs them theme themes then
theory there these thesis theta they thick thin thing things think thinks third thirty this those thou though
thous thread three thresh threw thrill thrive throat throne throw thrown throws thumb thumbs thus thy tick
ticket ticks tide tidy tie tied tier ties tiger tight tile tiles till tilt timber time timed timely timer
timers times timing tin ting tint tiny tip tips tire tired tires tissue toast today toe toes toggle token
tokens told toll tomato ton tone tones tong tongue tonnes tons too took tool tools tooth top topic topics
topped tops torch torn torque tot total totals touch tough tour tours tout tow toward towel towels tower
towers town towns trace traced traces track tracks tract trade traded trader trades trail trails train trains
trait traits trap traps travel tray tread treat treats treaty tree trees trek trench trend trends trendy trial
trials trick tricks tricky tried tries trim trio trip triple trips trophy trot truck trucks true truly trunk
trust truth truths try trying tub tube tubes tune tuned tunes tuning tunnel turf turkey turn turned turns
turtle tutor tweak tweet tweets twelve twenty twice twig twin twins twist two type typed types typing ultra
unable uncle under undo unfold union unions unique unit unite united units unity unless unlike unlock unpack
unpaid unreal unrest unsafe unset unsure until unto unused update upload upon upper ups upside upward urban
urge urged urgent urging usable usage use used useful user users uses using usual utmost utter vacant vacuum
vague valid valley valor value valued values valve van vanity vapor varied varies vary vast vastly vault
vector veil vein veins vend vendor vent venue venues verb verbal verge verify verse verses versus very vessel
vest vet veto via viable vice video videos vie view viewed viewer views vigil vigor villa vine vinyl viral
virtue visa visas vision visit visits vista visual vital vivid vocal vocals voice voiced voices volley volt
volume vote voted voter voters votes voting vow vowed voyage wage wages waist wait waited waits waiver wake
waking walk walked walks wall wallet walls wand wander want wanted wants ward warm warmer warmth warp wary was
wash washed washer waste wasted watch water waters wave waves way ways weak weaken weaker wealth wear wears
web week weekly weeks weigh weighs weight weld well wells went were west whale whales what whats wheat wheel
wheels when where which while whilst whisk who whole wholes wholly whom whose why wide widely wider width
wield wife wig wild wildly will win wind window winds wing wings winner wins winter wipe wiped wire wired
wires wiring wisdom wise wish wished wishes wit with within wives wizard woke wolf wolves woman won wonder
wont wood wooden woods wool word words wore work worked worker works world worlds worn worry worth worthy
would woven wow wrap wraps wrench wrest wrist writ write writer writes wrote yap yard yards yarn year yearly
years yeast yellow yen yes yet yield yields yoga yogurt you young your yours youth zero zeros zinc zip zone
zones zoo zoom
`.trim().split(/\s+/);
