from points import X_train, X_valid, y_train, y_valid
from sklearn.linear_model import Ridge

alpha = 200
model = Ridge(alpha=alpha)
model.fit(X_train, y_train)
error = ((y_valid - model.predict(X_valid)) ** 2).sum()
print(f"λ = {alpha:.1f}  E = {error:.2f}")
