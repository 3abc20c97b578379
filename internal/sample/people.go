package sample

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

var firstNames = []string{
	"Mariana", "Rafael", "Conceição", "João", "Letícia", "Antônio", "Beatriz", "Tiago", "Inês", "Luís",
	"Helena", "César", "Júlia", "Otávio", "Débora", "Márcio", "Cecília", "Vinícius", "Lívia", "Sebastião",
	"Érica", "Caetano", "Sônia", "Fábio", "Íris", "Joaquim", "Flávia", "André", "Vitória", "Bráulio",
	"Aparecida", "Damião", "Rosângela", "Estêvão", "Natália", "Ubiratã", "Lúcia", "Raimundo", "Iara", "Cauã",
}

var surnames = []string{
	"Vasconcelos", "Andrade", "Oliveira", "Gonçalves", "Araújo", "Magalhães", "Guimarães", "Brandão", "Falcão", "Simões",
	"Cândido", "Assunção", "Figueiró", "Lima", "Peçanha", "Távora", "Leitão", "Nóbrega", "Queirós", "Sá",
	"Bragança", "Conceição", "Durães", "Estêvão", "Frazão", "Galvão", "Holanda", "Itaboraí", "Jordão", "Lacerda",
	"Mourão", "Negrão", "Ordonhes", "Paixão", "Quintão", "Rebouças", "Salomão", "Távares", "Uchôa", "Valadão",
}

// stream is the source of chance for one table: a table that is changed leaves
// the rows of the others as they were.
func stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // believable, not secret
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// shuffled returns the strings in an order of r's own.
func shuffled(r *rand.Rand, s []string) []string {
	s = append([]string(nil), s...)
	r.Shuffle(len(s), func(a, b int) { s[a], s[b] = s[b], s[a] })
	return s
}

var plain = strings.NewReplacer("á", "a", "â", "a", "ã", "a", "ç", "c", "é", "e", "ê", "e", "í", "i", "ó", "o", "ô", "o", "õ", "o", "ú", "u")

// login makes a user name of a name: João Sá is joao.sa.
func login(first, last string) string {
	return plain.Replace(strings.ToLower(first + "." + last))
}

func email(user string) string { return user + "@example.com" }

// noPassword is what Django stores for a person who can't log in: "!" and 40 characters.
func noPassword(r *rand.Rand) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	p := []byte("!")
	for range 40 {
		p = append(p, alphabet[r.IntN(len(alphabet))])
	}
	return string(p)
}

// address returns an address of the blocks that are kept for examples.
func address(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return fmt.Sprintf("2001:db8::%x:%x", r.IntN(1<<16), 1+r.IntN(1<<16-1))
	}
	return fmt.Sprintf("192.0.2.%d", 1+r.IntN(254))
}
