package sample

// flow is a flow group of the finance application: a family has each of them in
// every period.
type flow struct {
	name, kind string
	budget     cents
	shared     bool
	settings   string // JSON
}

var flows = []flow{
	{"Receitas", "INCOME", 1250000, true, `{"icone": "carteira", "cor": "#1B7143"}`},
	{"Moradia", "EXPENSE_MAIN", 420000, true, `{"icone": "casa", "cor": "#1B5FAE", "alertas": [80, 100]}`},
	{"Alimentação", "EXPENSE_MAIN", 280000, true, `{"icone": "carrinho", "cor": "#8F4519", "alertas": [70, 90, 100]}`},
	{"Transporte", "EXPENSE_MAIN", 95000, true, `{"icone": "ônibus", "cor": "#0A6767"}`},
	{"Saúde", "EXPENSE_MAIN", 140000, true, `{"icone": "coração", "cor": "#AE2A20", "reembolso": true}`},
	{"Educação", "EXPENSE_MAIN", 210000, true, `{"icone": "livro", "cor": "#444EB0"}`},
	{"Lazer e presentes", "EXPENSE_SECONDARY", 90000, false, `{"icone": "presente", "cor": "#96184F", "limite": null}`},
	{"Reserva", "EXPENSE_SECONDARY", 100000, false, `{"icone": "cofre", "cor": "#4D5A68", "meta": {"valor": 30000.00, "prazo": "2026-12"}}`},
}

// The places of flows.
const (
	income = iota
	home
	food
	transport
	health
	school
	leisure
	savings
)

// entry is a kind of transaction: what it is called and what it costs.
type entry struct {
	flow      int
	what      string
	low, high cents
	weight    int
	months    uint16 // bit 0 is January; 0 is every month
}

const (
	summer = 1<<0 | 1<<1 | 1<<11
	winter = 1<<5 | 1<<6 | 1<<7
)

// entries happen at any time.
var entries = []entry{
	{food, "Supermercado", 4590, 78990, 22, 0},
	{food, "Padaria", 690, 5890, 16, 0},
	{food, "Feira livre", 2500, 14000, 10, 0},
	{food, "Açougue", 3890, 21900, 6, 0},
	{food, "Almoço por quilo", 2290, 6490, 10, 0},
	{food, "Entrega de pizza", 4990, 13990, 5, 0},
	{food, "Ceia de Natal", 15900, 89900, 6, 1 << 11},
	{food, "Ovos de Páscoa", 3990, 24900, 4, 1<<2 | 1<<3},
	{transport, "Combustível", 5000, 32000, 12, 0},
	{transport, "Cartão de ônibus", 2000, 15000, 7, 0},
	{transport, "Corrida de aplicativo", 990, 6590, 9, 0},
	{transport, "Pedágio", 480, 3980, 4, 0},
	{transport, "Estacionamento", 800, 4500, 5, 0},
	{transport, "IPVA, cota única", 89000, 420000, 3, 1 << 0},
	{transport, "Revisão do carro", 38000, 189000, 1, 0},
	{home, "IPTU, parcela", 9800, 48900, 5, 1<<1 | 1<<2 | 1<<3},
	{home, "Botijão de gás", 10500, 13500, 3, 0},
	{home, "Conserto da máquina de lavar", 12000, 58000, 1, 0},
	{home, "Ventilador", 13990, 39990, 2, summer},
	{home, "Aquecedor", 15990, 45990, 2, winter},
	{health, "Farmácia", 1290, 28990, 10, 0},
	{health, "Consulta médica", 25000, 60000, 2, 0},
	{health, "Exame de laboratório", 4500, 38000, 2, 0},
	{health, "Vacina da gripe", 8900, 14900, 2, 1<<3 | 1<<4},
	{school, "Material escolar", 4990, 89000, 9, 1<<0 | 1<<1},
	{school, "Livros", 2990, 19900, 3, 0},
	{school, "Passeio da escola", 3500, 18000, 2, 0},
	{leisure, "Cinema", 2400, 14800, 5, 0},
	{leisure, "Sorvete na praça", 900, 5400, 6, 0},
	{leisure, "Presente de aniversário", 3990, 24990, 4, 0},
	{leisure, "Presentes de Natal", 4990, 69900, 12, 1 << 11},
	{leisure, "Festa junina", 1500, 12000, 6, 1<<5 | 1<<6},
	{leisure, "Viagem de férias", 45000, 380000, 3, summer | 1<<6},
	{leisure, "Dia das Mães", 7990, 39990, 5, 1 << 4},
	{savings, "Depósito na poupança", 5000, 80000, 3, 0},
	{income, "Venda de usados", 4000, 65000, 2, 0},
	{income, "Trabalho extra", 20000, 180000, 2, 0},
	{income, "Reembolso do plano de saúde", 9000, 32000, 1, 0},
}

// fixed happens once a month, on its day, for the member in its place.
type fixed struct {
	place, day int
	steady     bool // costs the same each month; else it follows the season
	entry
}

var fixtures = []fixed{
	{0, 5, true, entry{flow: income, what: "Salário", low: 380000, high: 1400000}},
	{0, 8, true, entry{flow: home, what: "Condomínio", low: 38000, high: 125000}},
	{0, 10, true, entry{flow: home, what: "Aluguel", low: 140000, high: 390000}},
	{0, 12, false, entry{flow: home, what: "Conta de luz", low: 11000, high: 39000}},
	{0, 15, false, entry{flow: home, what: "Conta de água", low: 6500, high: 18500}},
	{0, 18, true, entry{flow: home, what: "Internet", low: 9990, high: 14990}},
	{0, 27, true, entry{flow: savings, what: "Tesouro Direto", low: 20000, high: 150000}},
	{1, 6, true, entry{flow: income, what: "Salário", low: 320000, high: 1200000}},
	{1, 9, true, entry{flow: school, what: "Mensalidade da escola", low: 68000, high: 240000}},
	{1, 14, true, entry{flow: health, what: "Plano de saúde", low: 58000, high: 190000}},
	{1, 20, true, entry{flow: home, what: "Telefone celular", low: 4990, high: 15990}},
	{1, 23, true, entry{flow: transport, what: "Seguro do carro", low: 14900, high: 42900}},
	{2, 2, true, entry{flow: leisure, what: "Mesada", low: 8000, high: 25000}},
	{2, 11, true, entry{flow: school, what: "Curso de inglês", low: 19900, high: 48900}},
	{3, 2, true, entry{flow: leisure, what: "Mesada", low: 5000, high: 18000}},
	{3, 13, true, entry{flow: leisure, what: "Aula de natação", low: 15900, high: 32900}},
	{4, 2, true, entry{flow: leisure, what: "Mesada", low: 3000, high: 9000}},
}

// deck is what a month's transactions are drawn from: each entry of the season,
// as often as it weighs.
func deck(month int) []entry {
	var d []entry
	for _, e := range entries {
		if e.months == 0 || e.months&(1<<(month%12)) != 0 {
			for range e.weight {
				d = append(d, e)
			}
		}
	}
	return d
}

var notes = []string{
	"parcela 3/10", "dividido com a avó", "pago com o cartão da família", "comprado na promoção \"leve 3, pague 2\"",
	"conferir na próxima fatura", "aniversário da vovó 🎂", "2 × R$ 45,90\nentrega grátis", "desconto de 10%\tcupom D'ÁVILA",
	"recibo em C:\\notas\\2025", "metade já devolvida; falta R$ 18,00",
}
