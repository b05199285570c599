"""Word lists of the search for names: honorifics, kin, cues of places, titles that name nobody, and the names that surrogates are drawn from."""

from __future__ import annotations


def _w(text: str) -> frozenset[str]:
    return frozenset(text.split())


FEMALE = _w("bu ibu ibuk mbak mba mbakyu teh teteh ceu ceuceu hj hajjah hajah ustadzah nyai ning neng mak emak mamak mpok cici ci tacik tante oma mama mamah mace nona uni bundo etek bude budhe bulik bulek yu inaq nyonya ny mrs ms miss "
            "empok bi bibi bibik usi encing ncing indo ina bunda ummi umi simbok mbok sis aunt")
MALE = _w("pak bapak bpk bapa mas kang akang mang mamang abah haji ustadz ustad ustaz kyai kiai gus bang abang cak koh ko om opa papa papah pace bung uda tuan pakde pakdhe paklik paklek lik amaq bli tn mr ama ayah bro abi uncle buyung aji")
NEUTRAL = _w("wan aa jang ito nai oom h kak kakak kaka ade adik dek adek dik encik cik engkong daeng puang karaeng wak uwak uwa mbah eyang simbah sdr sdri saudara saudari dr drs dra ir prof tgh datu sang nyong inyiak ompu opung bou amang inang tulang mister nong")
HONORIFICS = FEMALE | MALE | NEUTRAL
CALLED = _w("si")  # names somebody, honours nobody
INITIAL_HONORIFICS = _w("h hj dr drs dra ir prof tn ny sdr sdri bpk tgh")  # written with or without a full stop

# behind an honorific these name an office or a trade, not a person
TITLES = _w(
    "catatan moderator notulis notulen fasilitator narator pewawancara penerjemah interviewer note rt rw lurah camat kades kadus desa dusun guru kantin bos ketua sekretaris bendahara pengurus pendamping dinas bupati walikota gubernur menteri presiden dokter bidan mantri kepala polisi babinsa carik modin dukuh klebun jaksa hakim "
    "penyuluh petugas fasilitator mentor anggota peneliti pewawancara penanya penjawab informan narasumber responden perawat sopir satpam tukang warung kos kost pemilik imam pendeta pastor romo suster notaris direktur manajer kasir dosen kadis kasi kabid "
    "sekdes bpd pkk tksk dinsos kemensos bri bank koperasi kube wakil mertua mantu jorong nagari wali raja tokoh komandan danramil kapolsek juragan bandar toke agen pengepul tengkulak dewan caleg allah gusti tuhan pembina pelatih bendum rektor")

KIN = _w("suami istri isteri anak adik kakak abang ipar mertua menantu mantu cucu keponakan ponakan tetangga sepupu besan suaminya istrinya anaknya adiknya kakaknya menantunya mantunya cucunya bapaknya ibunya emaknya temannya teman kawan "
         "kawannya tetangganya iparnya bojo bojone bojoku anakku suamiku istriku adikku cucuku ibuku bapakku husband wife son daughter brother sister neighbour friend")
OWNERS = _w("saya aku ku gue gua kami kita dia nya beliau pertama kedua ketiga sulung bungsu bontot my his her")
ACTS = _w(  # what only a person does, said right behind the name
    "bilang ngomong cerita nangis marah ketawa sakit meninggal nikah hamil lahiran pulang pergi datang dateng nyuruh ngajak nuduh nyusul nengok jualan masak jahit tidur nunggu pinjam minjam ngutang bayar nyetor dipanggil dimarahi disuruh diajak ngeyel diam diem malu takut rajin "
    "omong teriak ngambek sedih kaget says said told cried laughed asked died married came went sells borrowed paid")
TOLD = _w("kata bareng nyuruh ngajak suruh panggil nengok nyusul dibantu ditemani diajak menurut according")  # said right before the name of a person
NAMED = _w("nama namanya bernama dipanggil panggil panggilannya panggilan dijuluki julukannya jenenge jenengku jenengan aran named called")

PLACE_CUES = _w("desa dusun kampung kp kampong kelurahan kel kecamatan kec kabupaten kab kota kotamadya dukuh banjar jorong nagari distrik pulau perumahan komplek kompleks rusun pasar terminal stasiun sungai kali pantai gunung blok gampong "
                "lingkungan jalan jl jln gang gg sd smp sma smk sdn smpn sman puskesmas masjid mushola musala pesantren gereja village district street")
IN = _w("di ke dari daerah wilayah asal asli kampungnya in from at")
# kept unless the researcher says otherwise: too wide to betray anybody
WIDE = _w("indonesia jawa sumatera sumatra kalimantan sulawesi papua bali lombok madura jakarta aceh riau jambi lampung banten yogyakarta gorontalo maluku nusa tenggara timur barat tengah selatan utara malaysia arab saudi mekah makkah madinah singapura "
          "hongkong taiwan korea jepang belanda inggris amerika australia cina pusat kepulauan bangka belitung bengkulu minahasa flores sumba ntt ntb jabar jateng jatim dki diy kalbar kalsel kaltim sulsel sulut sumbar sumut sumsel")
# capitalised words that are nobody's name and no place
PLAIN = _w(
    "allah tuhan gusti nabi islam kristen katolik hindu buddha muslim alhamdulillah insyaallah bismillah masyaallah assalamualaikum waalaikumsalam wassalamualaikum senin selasa rabu kamis jumat sabtu minggu januari februari maret april mei juni "
    "juli agustus september oktober november desember ramadan ramadhan lebaran idul fitri adha maulid natal syawal muharam suro imlek nyepi galungan indonesia jawa sunda betawi madura bugis makassar batak minang dayak melayu ambon inggris arab kube "
    "pkh bpnt tksk dinsos kemensos rt rw pkk bumdes umkm ktp kk nik sk bri bca bni bsi mandiri hp wa whatsapp facebook instagram youtube google tiktok shopee tokopedia gojek grab zoom covid corona idul bpkb stnk phk pns asn tni polri sd smp sma smk "
    "bu pak ibu bapak mbak mas teh kang mak mpok bang kak om tante haji si saya aku kami kita dia mereka anda kamu beliau monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december god i english indonesian kementerian dinas sosial presiden bupati camat lurah koperasi pancasila merdeka puskesmas posyandu dprd pemda pemkot pemkab bulog pertamina pln pdam honda yamaha vario beat supra samsung oppo vivo excel word "
    "waduh aduh oke amin iyo iyah inggih nggih sayang kliwon legi pahing pon wage zuhur dzuhur subuh asar ashar magrib maghrib isya hhh hmm eh oh wah yah nah lho loh aamiin amiin semacam misalnya sementara apalagi memang bukan tentu pertama kedua "
    "ketiga rumah jadi terus kalau karena tapi dan yang itu ini ada tidak nggak enggak iya ya tertawa tidakjelas jeda suara transkrip wawancara informan peneliti pewawancara narasumber tanggal waktu tempat lokasi durasi kelompok usaha ketua anggota "
    "bersama program keluarga harapan bantuan pangan tunai langsung desa kelurahan kecamatan kabupaten kota provinsi negara republik raskin blt pnpm idt lurah rukun tetangga warga yes no well okay laughs interviewer respondent transcript "
    "kemis rebo slasa setu ahad sapar maulud mulud qur'an quran al-qur'an arabic sundanese javanese malay nduk ssst "
    "p n q a r pw pd i m f")
# given names that are frequent enough to stand for nobody: a sentence's first word is taken for a name when it is one of these
GIVEN = _w(
    "siti sri dewi nur nurul aminah fatimah aisyah rina rini yanti yuni wati tuti titin tini ani ana ina ningsih sari wulan ratna ratih lestari indah ayu putri lina leni lia maya mira nina nani neneng enung euis cucu imas ipah icih entin enok "
    "iis ika ida eka dwi tri eni endang erna evi fitri hesti hartati juju julaeha jubaedah kartini khadijah komariah kusmiati laila lilis mariam marni maryati maryam minah mimin mulyati murni mursinah nuraini nurhayati onah parti partini poniem "
    "ponirah popon purwanti rahayu ratmi rohani rohayati rokayah romlah rosidah rosma rukmini rumini saodah saripah sarinah sarmi sulastri sumarni sumiati sunarti supriyati surti suryani susi sutini suwarni tarmi tarsih tati tumini turinah uum "
    "wartini watini wiwin yati yayah yayuk yeni yulia yulianti zaenab zubaidah agus ahmad achmad andi anton ari arif asep aslam bagus bambang budi cecep dadang dani darma darto dayat dede deden dedi didin dodi eko endin fajar feri gito gunawan hadi "
    "hamid hari hartono hasan hendra heri herman hidayat husen ibrahim idris imam iman indra irfan iwan jaka jajang jamal joko juned kardi karta kasim kosim kusnadi lukman maman mamat mansur marno maryono maulana mulyadi mulyono muhammad mukhlas "
    "nanang nana oding ojat parman parno paijo paimin paiman rahmat rahman rojali rohman roni rudi rusdi rusli saepul salim samsul sarif sarip sarno slamet soleh suharto sukardi sukirman sunarto suparman supri supriyadi surya suryadi susanto sutrisno "
    "suwarno suyatno tarno tatang taufik teguh tono toto ucup udin ujang uus wahyu warno wawan wayan made ketut nyoman gede putu komang yadi yanto yayan yono yosep yusuf zaenal zainal maria yohana yohanes petrus paulus markus yosef theo grace deisy "
    "ritje meity mersi agustina martha yakobus matius")

# surrogates: invented choices that the study's texts do not hold
POOL = {
    "female": ("Arini Baitul Candrika Damaira Elvina Farhana Gayatri Halimah Ismira Janitra Kamalia Lintang Marwati Naysila Oktaria Parwati Qonita Rengganis Salimah Tamara Ulfana Veranda Widuri Yasmira Zahrani Anindia Belinda Citrani Dahliani Erlina "
               "Fauziah Ganesti Hanifah Inayah Jamilah Kinasih Lasminah Melani Nirmala Okiana Pelangi Ranisa Sekarini Tiarani Utari Vidyani Wardani Yolanda Zulaikha Aghnia Bestari Cahyati Dinara Estiani Faradina Gendis Hamidah Ilmiati Juwairah Kencana "
               "Larasati Mayangsari Nilawati Olivia Prameswari Rinjani Savitri Tanjung Untari Wiranti Yuniara Zakiyah"),
    "male": ("Abimana Bagaskara Cakrawala Danapati Erlangga Fahrudin Ganendra Hanafi Iskandar Jatmiko Kuncoro Laksamana Mahendra Narendra Osman Panji Qodir Rangga Sadewa Tirtana Utomo Vikrama Wibisana Yudistira Zulfikar Ardana Basuki Cokro Dirgantara "
             "Effendi Firdaus Gilang Harjuno Ismail Jayadi Kertapati Luthfi Marzuki Nugraha Oscar Pramana Raditya Sasongko Tegar Umbara Wicaksana Yogaswara Zakaria Adiwangsa Brahma Caraka Danurwenda Fathoni Galuh Hardiman Imran Jumadi Kasuma Lazuardi "
             "Munandar Nirwan Pandega Rajasa Samudra Tunggul Wirya Yasin Zamroni"),
    "place": ("Karangsenja Tirtawana Lembahrona Banyulangit Girimaya Telagarimbun Rawabiru Muarateduh Tanjungembun Bukitrinai Wanasepi Sukarinai Mekarlangit Tamanrona Pasirembun Curugmaya Kebonrinai Sawahlangit Tegalembun Kalirona Gununglumut "
              "Dermagasepi Padangrinai Hutanembun Sumberona Karangembun Tirtarinai Lembahsepi Banyurona Girilumut Telagasepi Rawalangit Muararinai Tanjungrona Bukitlangit Wanarinai Sukaembun Mekarsepi Tamanlangit Pasirrona"),
}
