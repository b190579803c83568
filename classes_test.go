package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
)

func ExampleClassesService_ListCategories() {
	sb, client := start()
	defer sb.Close()

	list, _, err := client.Classes.ListCategories(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, category := range list.Data {
		fmt.Println(category.ID, category.Name)
	}
	// Output: category_yoga Yoga
}

func ExampleClassesService_List() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Classes.List(context.Background(), bardge.ListClassesParams{ProviderID: sb.Seed.GymID})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, class := range page.Data {
		fmt.Println(class.Name, "at", class.ProviderName)
	}
	// Output:
	// Morning Yoga Flow at FitZone Lagos
	// Morning Yoga at FitZone Lagos
}

func ExampleClassesService_All() {
	sb, client := start()
	defer sb.Close()

	for class, err := range client.Classes.All(context.Background(), bardge.ListClassesParams{Limit: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(class.ID)
	}
	// Output:
	// class_flow
	// class_yoga
}

func ExampleClassesService_Get() {
	sb, client := start()
	defer sb.Close()

	class, _, err := client.Classes.Get(context.Background(), sb.Seed.ClassID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, instance := range class.Instances {
		fmt.Println(instance.ID, instance.Time, instance.AvailableSpots, "places left")
	}
	// Output:
	// ci_yoga 07:00 20 places left
	// ci_yoga_last 07:00 1 places left
	// ci_yoga_full 07:00 0 places left
}
