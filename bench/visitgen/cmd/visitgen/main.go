// Visitgen writes visits as JSON lines.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"log"
	"os"

	"cunju/bench/visitgen"
)

func main() {
	n := flag.Int("n", 1000, "visits to write")
	skip := flag.Int("skip", 0, "first visit's number")
	seed := flag.Uint64("seed", 1, "seed")
	devices := flag.Int("devices", 20, "phones of the township")
	city := flag.Bool("city", false, "spread over a whole city instead of one township")
	nosig := flag.Bool("nosig", false, "random signatures (faster)")
	flag.Parse()
	c := visitgen.Township(*seed, *devices)
	if *city {
		c = visitgen.City(*seed)
	}
	c.NoSig = *nosig
	g := visitgen.New(c)
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := *skip; i < *skip+*n; i++ {
		if err := e.Encode(g.Visit(i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
