package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/pocketbase/dbx"
)

// Topic is a category (2 digits) or a topic (4 digits) of what people ask about.
type Topic struct {
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	NameEn    string   `json:"name_en"` // categories only
	Key       string   `json:"key"`
	Parent    string   `json:"-"` // code of the category
	Keywords  []string `json:"keywords"`
	Dialect   []string `json:"dialect"`
	Documents []string `json:"documents"`
	Flags     []string `json:"flags"`
}

var topicCode = regexp.MustCompile(`^[0-9]{4}$`)

// ReadTopics reads a file of the form topics/1 and gives categories and topics in
// its order, each category before its topics.
func ReadTopics(raw []byte) ([]Topic, error) {
	var file struct {
		Schema     string `json:"schema"`
		Categories []struct {
			Topic
			Topics []Topic `json:"topics"`
		} `json:"categories"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	if file.Schema != "topics/1" || len(file.Categories) == 0 {
		return nil, errors.New("not a file of the form topics/1")
	}
	var topics []Topic
	seen := map[string]bool{}
	for _, category := range file.Categories {
		topics = append(topics, category.Topic)
		for _, topic := range category.Topics {
			if !topicCode.MatchString(topic.Code) || topic.Code[:2] != category.Code || topic.Name == "" || seen[topic.Code] {
				return nil, fmt.Errorf("topic %q under category %q: wrong code, double code or no name", topic.Code, category.Code)
			}
			seen[topic.Code] = true
			topic.Parent = category.Code
			topics = append(topics, topic)
		}
	}
	return topics, nil
}

// Topics gives the built-in categories and topics.
var Topics = sync.OnceValue(func() []Topic {
	return mustRead("data/topics.json", ReadTopics)
})

// TopicByCode finds a built-in category or topic.
func TopicByCode(code string) (Topic, bool) {
	for _, topic := range Topics() {
		if topic.Code == code {
			return topic, true
		}
	}
	return Topic{}, false
}

func fillTopics(db dbx.Builder, raw []byte) (int, error) {
	topics, err := ReadTopics(raw)
	if err != nil {
		return 0, err
	}
	params := make([]dbx.Params, 0, len(topics))
	for _, t := range topics {
		params = append(params, dbx.Params{
			"id": t.Code, "code": t.Code, "name": t.Name, "name_en": t.NameEn, "key": t.Key, "parent": t.Parent,
			"keywords": asJSON(t.Keywords), "dialect": asJSON(t.Dialect), "documents": asJSON(t.Documents), "flags": asJSON(t.Flags),
		})
	}
	return len(topics), fill(db, TopicsCollection, []string{"code", "name", "name_en", "key", "parent", "keywords", "dialect", "documents", "flags"}, params)
}

// mustRead reads a built-in file; a test reads them all.
func mustRead[T any](name string, read func([]byte) (T, error)) T {
	raw, err := data.ReadFile(name)
	if err != nil {
		panic(err)
	}
	value, err := read(raw)
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return value
}
