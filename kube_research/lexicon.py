"""What the rules know of Indonesian as it is spoken (and of English): spellings, clitics, negators, wishes, shared word lists.

Facts, not codes: a codebook never needs to repeat them.  Standard library only.
"""

from __future__ import annotations

from functools import lru_cache


def _w(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# --- spelling: every form on the right is read as the word on the left --------------------------------------------
VARIANTS: dict[str, tuple[str, ...]] = {
    "tidak": _w("tdk tak nggak enggak engga ngga gak ga gk ndak nda dak ndk kagak kaga gada ora ra mboten boten teu henteu teuing tara indak ndeh tida tra trada seng sing_ nggk ngak kada kadak "
                "te' njek taq endak ngakk nda' gag nggaq ngga' ndaq"),
    "tidak ada": (),
    "belum": _w("blm blum belom durung dereng acan tacan balun alun nembe_ tong_ lun"),
    "bukan": _w("bkn bukannya sanes dudu sanés lain_"),
    "jangan": _w("jgn jangn ojo aja_ entong tong"),
    "tanpa": _w("tnp tanpo"),
    "sudah": _w("udah sdh udh dah wis wes sampun atos geus uwis su uda suda udeh wus"),
    "saja": _w("aja doang ae wae bae aj sahaja"),
    "dengan": _w("dgn dg sareng karo ama"),
    "yang": _w("yg nu sing"),
    "untuk": _w("utk buat nggo kanggo kanggé keur"),
    "tapi": _w("tp tpi tetapi ning namun"),
    "karena": _w("krn karna gara-gara soalnya sebab"),
    "orang": _w("org wong urang_ oranG"),
    "bagaimana": _w("gimana gmn kumaha piye"),
    "seperti": _w("kayak kaya kyk kek sprti"),
    "membuat": (),
    "bikin": _w("gawe_ nyieun"),
    "memberi": (),
    "uang": _w("duit doku artos pitih doi pipis_ uangnya"),
    "ibu": _w("bu ibuk buk emak mak ceu ceuceu mamak mama"),
    "bapak": _w("pak bpk bapa pa'"),
    "lagi": _w("lg maneh deui malih"),
    "juga": _w("jg ugo oge"),
    "sama": _w("sm padha"),
    "saya": _w("sy aku gue gua gw ane ambo awak abdi kulo kula inyong beta sa aye"),
    "kami": _w("kitorang torang katong kitong kito"),
    "kita": _w("kite"),
    "tidak pernah": (),
    "banyak": _w("bnyk akeh seueur"),
    "semua": _w("smua kabeh sadaya sedaya samua"),
    "sendiri": _w("sndiri dewe sorangan dhewe surang"),
    "masing-masing": _w("masing2 dewe-dewe sewang-sewang"),
    "datang": _w("dateng dtg teka dugi sumping rawuh"),
    "pergi": _w("pegi lungo indit"),
    "hanya": _w("cuma cuman cm mung ngan ukur"),
    "kumpul": _w("ngumpul"),
    "rapat": _w("rapet_ miting meeting"),
    "kurang": _w("krg kirang"),
    "jarang": _w("arang langka_"),
    "bareng": _w("bebarengan barengan bareng-bareng babarengan"),
    "bantu": _w("mbantu"),
    "bulan": _w("bln sasi"),
    "minggu": _w("mgg"),
    "hari": _w("hr dinten dina_"),
    "tahun": _w("thn taun"),
    "kelompok": _w("klompok kelompoke klp kelompo"),
    "pendamping": _w("pendampng pndamping"),
    "laporan": _w("lapuran"),
    "ketua": _w("ketuwa"),
}
VARIANTS = {k: tuple(x for x in v if not x.endswith("_")) for k, v in VARIANTS.items() if v}

CLITICS = _w("nya ku mu lah kah pun e ne na ipun nipun tuh teh mah")
NOT_CLITIC = frozenset(_w(
    "adalah adapun aku alhamdulillah ampun ataupun baku belah berkah bertemu bina bisanya_ bismillah boleh_ buku celah dana dimana gede hanya himpun ialah ilmu insyaallah "
    "istilah jamu jelas_ jumlah kafe kaku kalah kalaupun karena kemana ketemu kuliah laku langkah lelah makalah malah mana masalah maupun meeteh meskipun musyawarah nikah oke "
    "olah paku pasalah pelaku perilaku punya rame rencana rumpun saku salah sarana sarapan_ sate sebelah sekolah selah serakah sesalah setelah sore suku tamu tanya tape telah "
    "temu walaupun"))

# --- negation ---------------------------------------------------------------------------------------------------------
NEGATORS = frozenset(_w("tidak bukan belum tanpa jangan not never no without neither nor nobody none cannot can't don't didn't doesn't isn't wasn't weren't aren't won't haven't hasn't hadn't couldn't "
                        "wouldn't shouldn't nothing hardly dont didnt"))
WEAK = frozenset(_w("kurang jarang minim sulit susah rarely seldom barely"))
TRANSPARENT = frozenset(_w(
    "a ada akan all amat an any at banget be been begitu being benar bener bisa dari deh di dong ever get gitu got had harus has have ini itu juga kan ke lagi lah mah mau "
    "mesti much nih oleh pada perlu pernah pernah-pernah pernahnya pisan pula quite really sampai satu sekali sempat seorang sih so teh terlalu the to toh tuh untuk us very ya "
    "yang yo"))
WINDOW = 3
BREAKERS = frozenset(_w("tapi namun melainkan sedangkan kecuali walaupun meskipun karena jadi akhirnya makanya terus lalu cuman padahal but because so although except however then"))
PSEUDO = (
    "tidak hanya", "bukan hanya", "bukan sekadar", "tidak sekadar", "tidak sedikit", "tidak jarang", "mau tidak mau", "tidak lain", "kalau tidak salah", "apa tidak", "tidak ada yang tidak", "tidak bisa tidak",
    "bukan main", "tidak apa-apa", "tidak papa", "tidak kalah", "tidak lama", "tidak terasa", "tidak tahunya", "siapa tidak", "suka tidak suka", "tidak usah ditanya", "kalau tidak", "tidak mungkin tidak",
    "entah tidak", "apa belum", "atau belum", "atau tidak", "ya tidak", "iya tidak", "kan tidak", "jangan-jangan", "jangan salah", "jangankan", "tidak cuman", "bukan cuman", "not only", "no doubt", "not just", "no problem", "no matter",
)
AFTER_OK = frozenset(_w("itu ini mah sih teh ya tuh nih memang emang sudah udah sekarang jadi juga pun kan malah akhirnya ternyata nya tersebut kita kami kelompok di sini sana lama-lama saja aja sebenarnya "
                        "sebetulnya dulu was were is are had has have did now really"))
VERDICTS = frozenset(_w("ada pernah jalan berjalan jelas lagi sampai datang muncul dipakai dibuka dibuat kelihatan keliatan terasa nongol jadi_ teratur rutin lancar bagus beres terbuka transparan kompak "
                        "happened came worked clear regular there working done any"))

# --- what is not a fact: wishes, plans, advice, conditions, questions ----------------------------------------------------
IRREALIS = (
    "pengen*", "pingin*", "kepengen*", "kepingin*", "pengin*", "harap*", "mengharap*", "berharap", "semoga", "mudah-mudahan", "moga", "moga-moga", "rencananya", "berencana", "harusnya", "seharusnya",
    "mestinya", "semestinya", "sebaiknya", "baiknya", "idealnya", "andai*", "seandainya", "umpama", "umpamanya", "kalau saja", "coba kalau", "coba kalo", "mbok ya", "mbokya", "kalau bisa", "kalo bisa", "maunya saya", "maunya kita", "maunya kami", "cita-cita saya",
    "impian*", "=mimpi", "mimpinya", "usul saya", "saran saya", "sarannya", "masukan saya", "nantinya", "ke depan", "kedepan", "kedepannya", "besok-besok", "kapan-kapan", "misalkan", "seumpama", "insyaallah nanti", "hopefully", "i hope", "we hope", "i wish", "we wish", "should have",
    "would like", "in future", "if only", "ought to", "we plan", "i plan", "planning to", "suatu saat", "pinginnya", "kepinginannya", "niatnya", "eman-eman nek", "muga-muga", "mugi-mugi", "hoyong*",
)

# --- word lists that every codebook may name -------------------------------------------------------------------------------
SETS: dict[str, tuple[str, ...]] = {
    "neg": ("tidak", "belum", "bukan", "tanpa", "jangan"),
    "lemah": ("kurang", "jarang", "minim", "sulit", "susah"),
    "kami": ("kami", "kita", "saya", "anggota", "ibu-ibu", "bapak-bapak", "warga", "orang-orang", "semua", "semuanya", "teman-teman", "temen-temen", "kawan-kawan", "masing-masing", "bersama", "bareng", "orang sini",
             "awak dewe", "urang", "ibu", "bapak", "rame-rame", "ramai-ramai"),
    "mereka": ("mereka", "dia", "orang", "orang-orang", "pengurus", "ketua", "beliau", "die", "dorang", "inyo", "deknen", "orangnya", "yang lain", "lainnya"),
    "pendamping": ("pendamping", "penyuluh", "fasilitator", "petugas", "mentor", "pembina", "tksk", "orang dinas", "petugas dinas", "mbak pendamping", "mas pendamping", "pak pendamping", "bu pendamping", "pendampingnya",
                   "orang dinsos", "dinsos", "dinas", "petugas lapangan", "pelatih", "kakak pendamping", "penyuluhnya"),
    "pengurus": ("ketua", "sekretaris", "bendahara", "pengurus", "wakil", "pengurusnya", "ketuanya"),
    "sering": ("sering", "rutin", "selalu", "tiap", "setiap", "saban", "rajin", "kerap", "terus-terusan", "hampir tiap"),
    "we": ("we", "i", "us", "they", "members", "everyone", "everybody", "people", "all of us", "the women", "the men", "she", "he", "the group"),
    "mentor": ("mentor", "facilitator", "field worker", "pendamping", "the mentor", "social worker", "extension worker"),
    "not": ("not", "never", "no", "didn't", "don't", "doesn't", "wasn't", "weren't", "hadn't", "haven't", "without", "nobody", "couldn't", "can't", "isn't", "aren't"),
}


def sets() -> dict[str, tuple[str, ...]]:
    """The shared word lists by name."""
    return dict(SETS)


@lru_cache(maxsize=1)
def spelling() -> dict[str, str]:
    """Variant spelling → the word it is read as."""
    return {v: word for word, variants in VARIANTS.items() for v in variants}
