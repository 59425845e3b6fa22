// Words that call for the emergency procedure before anything is written down, after the rules of early warning W2–W5. A list to be
// kept by people who know the cases: plain data, no code. A false alarm costs a glance, a missed word may cost a life.

/** @typedef {{id: string, level: 'red'|'orange', zh: string, en: string, words: string[], calls: string[], steps: {zh: string, en: string}[]}} Emergency */

const TELL = { zh: '同时打电话报乡镇司法所，不等填完记录；15 分钟内要得到回应。', en: 'Telephone the township justice office now, before the record is finished; it must answer within 15 minutes.' };
const FACTS = { zh: '之后只记事实：时间、地点、人、原话；不写推断。', en: 'Afterwards write facts only: when, where, who, the words used; no guesses.' };

/** The gravest first. @type {Emergency[]} */
export const EMERGENCIES = [
  { id: 'life', level: 'red', zh: '可能有轻生危险', en: 'Somebody may take their life',
    words: ['跳楼', '自杀', '自尽', '轻生', '寻短见', '寻死', '想死', '去死', '不想活', '活不下去', '喝农药', '喝药', '服毒', '上吊', '割腕', '跳河', '跳桥', '跳水库', '跳井', '遗书', '自焚', '自残', 'suicide', 'kill myself', 'kill himself', 'kill herself'],
    calls: ['110', '120', '12356'],
    steps: [{ zh: '不要让人独处；拿开农药、刀具、绳索，离开高处和水边。', en: 'Do not leave the person alone; take away poison, blades and ropes, away from heights and water.' },
      { zh: '有眼前危险：拨 110、120；心理援助热线 12356。', en: 'Danger at hand: call 110 and 120; counselling line 12356.' },
      { zh: '听对方说，不争论、不指责、不许诺结果；请家人或村干部到场。', en: 'Listen; do not argue, blame or promise results; ask family or the village officials to come.' }, TELL, FACTS] },
  { id: 'threat', level: 'red', zh: '可能有人要伤人', en: 'Somebody may be hurt by violence',
    words: ['炸', '砍', '捅', '杀人', '杀了', '杀他', '杀她', '杀全家', '拿刀', '动刀', '泼汽油', '放火', '同归于尽', '要他的命', '弄死', '打死', 'bomb', 'stab'],
    calls: ['110', '120'],
    steps: [{ zh: '先保证自己和在场人的安全，不要单独上前劝阻。', en: 'Your own safety and that of the people present first; do not step in alone.' },
      { zh: '立即拨 110；有人受伤拨 120。', en: 'Call 110 now; 120 when somebody is hurt.' },
      { zh: '把双方分开，提醒可能受害的人离开。', en: 'Keep the parties apart and tell whoever may be the victim to leave.' }, TELL, FACTS] },
  { id: 'minor', level: 'red', zh: '未成年人可能受到侵害', en: 'A minor may be harmed',
    words: ['性侵', '猥亵', '强奸', '虐待', '虐童', '拐卖', '拐走', '遗弃', '弃婴', '打孩子', '打娃', '毒打', 'child abuse', 'rape'],
    calls: ['110', '12345'],
    steps: [{ zh: '受害人是或可能是未成年人：立即报告公安、民政、教育部门（未成年人保护法第十一条），不需先核实。', en: 'A victim who is or may be a minor: report at once to police, civil affairs and education (Law on the Protection of Minors, art. 11); no proof is needed first.' },
      { zh: '把孩子带离施害人，不反复追问经过，保留衣物和聊天记录。', en: 'Take the child away from the offender, do not question it again and again, keep clothes and messages.' },
      { zh: '受害人是成年人的，也请先报警、就医。', en: 'An adult victim too: police and a doctor first.' }, TELL, FACTS] },
  { id: 'home', level: 'red', zh: '可能有家庭暴力', en: 'There may be domestic violence',
    words: ['家暴', '家庭暴力', '打老婆', '打婆娘', '打媳妇', '打老人', '打爹妈', '保护令', '被丈夫打', '被老公打', '遭男人打', '遭老公打', '被妻子打', '往死里打', 'domestic violence'],
    calls: ['110', '120', '12338'],
    steps: [{ zh: '先问现在是否安全；不安全或有伤，拨 110、120，离开现场。', en: 'Ask first whether the person is safe now; if not, or hurt: call 110 and 120 and leave the place.' },
      { zh: '受害人是儿童、老人、残疾人等无、限制行为能力人：立即报警（反家庭暴力法第十四条）。', en: 'A victim who lacks full capacity (child, elder, disabled person): report to the police at once (Anti-Domestic Violence Law, art. 14).' },
      { zh: '保存伤情照片、病历、报警回执；可申请人身安全保护令、告诫书，法律援助不看经济条件；妇女热线 12338。', en: 'Keep photos, medical papers and the police receipt; a protection order and a warning letter can be asked for, legal aid needs no means test; women’s line 12338.' },
      { zh: '不要当着施暴人问话或调解。', en: 'Do not question or mediate in front of the offender.' }, TELL, FACTS] },
  { id: 'crowd', level: 'red', zh: '可能有群体聚集', en: 'A crowd may gather',
    words: ['堵路', '上街', '聚集', '堵门', '堵桥', '堵工地', '拉横幅', '围堵', '集体上访', '游行', '械斗'],
    calls: ['110'],
    steps: [{ zh: '先报人数、地点、起因给乡镇，等待安排；有冲突或危险拨 110。', en: 'First tell the township how many, where and why, and wait for its word; call 110 if there is conflict or danger.' },
      { zh: '听清诉求，请推选代表，说明合法途径；不承诺结果，不拦截。', en: 'Hear what is asked, have speakers chosen, explain the lawful ways; promise nothing, hold nobody back.' }, TELL, FACTS] },
  { id: 'wages', level: 'orange', zh: '可能是多人欠薪', en: 'Wages may be owed to several people',
    words: ['讨薪', '集体欠薪', '老板跑了', '老板跑路', '包工头跑'],
    calls: ['12333'],
    steps: [{ zh: '问清人数、用人单位、欠薪数额；同一单位 3 人以上，11 月至春节期间按红色报告。', en: 'Ask how many, which employer, how much; three or more of one employer from November to the Spring Festival are reported as red.' },
      { zh: '立即电话报乡镇，并联系劳动监察（12333）；农民工欠薪法律援助免核查经济困难。', en: 'Telephone the township now and reach the labour inspection (12333); legal aid for unpaid migrant workers needs no hardship check.' },
      { zh: '收好工资表、考勤、聊天记录；有人提到轻生、堵路，按红色处置。', en: 'Secure pay sheets, attendance lists and messages; if anybody speaks of suicide or blocking a road, act as for red.' }, FACTS] },
];

/** Longer words that contain one of the above and mean something else. */
export const HARMLESS = ['砍树', '砍伐', '砍柴', '砍价', '砍头息', '砍竹', '砍草', '砍木', '砍压树', '砍了我的树', '油炸', '炸鸡', '炸酱', '炸串', '炸土豆', '炸薯条', '捅马蜂窝',
  '上街道', '路上街边', '上街买菜', '上街赶场', '上街赶集', '砌墙堵路', '聚集区', '聚集地', '喝药酒'];

/** Traditional signs and their simple forms. */
export const SIMPLE = ['樓殺輕尋農藥遺書殘討橋門橫圍遊鬥強賣棄嬰護體訪會盡媽', '楼杀轻寻农药遗书残讨桥门横围游斗强卖弃婴护体访会尽妈'];
