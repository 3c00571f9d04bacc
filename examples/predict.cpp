// SPDX-License-Identifier: MIT
// predict.cpp: the library in C++17: handles that free themselves, and failures as exceptions.
//
//     c++ -std=c++17 predict.cpp -o predict $(pkg-config --cflags --libs descender)
//     ./predict model.safetensors     classifies some built-in digits
//     ./predict                       the same with a small network that it trains first
#include <descender.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

template <auto function> struct frees {
    template <typename T> void operator()(T *object) const { function(object); }
};
using Dataset = std::unique_ptr<dsc_dataset, frees<dsc_dataset_free>>;
using Model = std::unique_ptr<dsc_model, frees<dsc_model_free>>;
using Predictor = std::unique_ptr<dsc_predictor, frees<dsc_predictor_free>>;
using Workspace = std::unique_ptr<dsc_workspace, frees<dsc_workspace_free>>;

// Calls a function whose first argument is the object to create and whose last argument is the error.
template <typename Handle, typename Function, typename... Arguments>
static Handle make(Function function, Arguments... arguments) {
    typename Handle::pointer object = nullptr;
    dsc_error error;
    if (function(&object, arguments..., &error)) throw std::runtime_error(error.message);
    return Handle(object);
}

static Model trained() {
    dsc_error error;
    const auto digits = make<Dataset>(dsc_digits_create, 2000, 1, 0);
    auto model = make<Model>(dsc_model_create_for, "784-64-10", digits.get());
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;
    if (dsc_train(model.get(), digits.get(), &how, &error)) throw std::runtime_error(error.message);
    return model;
}

int main(int argc, char **argv) try {
    const Model model = argc > 1 ? make<Model>(dsc_model_load, argv[1]) : trained();
    const auto predictor = make<Predictor>(dsc_predictor_create, model.get(), nullptr);
    const auto workspace = make<Workspace>(dsc_workspace_create, predictor.get(), 1);
    const auto digits = make<Dataset>(dsc_digits_create, 10, 7, 1);

    const std::size_t count = dsc_dataset_count(digits.get()),
                      classes = dsc_predictor_classes(predictor.get());
    std::vector<float> probabilities(count * classes);
    dsc_error error;
    if (dsc_predict(probabilities.data(), predictor.get(), workspace.get(), dsc_dataset_images(digits.get()),
                    count, &error))
        throw std::runtime_error(error.message);
    for (std::size_t i = 0; i < count; i++) {
        const float *row = probabilities.data() + i * classes;
        const auto best = static_cast<std::size_t>(std::max_element(row, row + classes) - row);
        std::printf("a %s, taken for a %s (%.1f %%)\n",
                    dsc_dataset_class_name(digits.get(), dsc_dataset_labels(digits.get())[i]),
                    dsc_predictor_class_name(predictor.get(), best), 100 * static_cast<double>(row[best]));
    }
} catch (const std::exception &problem) {
    std::fprintf(stderr, "predict: %s\n", problem.what());
    return 1;
}
